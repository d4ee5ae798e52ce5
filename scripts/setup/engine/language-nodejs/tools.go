//go:build tools

// Package tools pins Pulumi's language host for Node.js. Later releases of it are modules without a version tag.
package tools

import _ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
