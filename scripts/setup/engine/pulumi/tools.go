//go:build tools

// Package tools pins the Pulumi CLI and all that it is made of: `go.mod` and `go.sum` beside it are the build's lock file.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
