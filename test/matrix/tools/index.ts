import { GO_TOOLS } from './go-tools.ts';
import { JVM_TOOLS } from './jvm-tools.ts';
import { NPM_TOOLS } from './npm-tools.ts';
import { PYTHON_TOOLS } from './python-tools.ts';
import { RUST_TOOLS } from './rust-tools.ts';
import type { Tool } from './tool.ts';

export const TOOLS: readonly Tool[] = [
  ...GO_TOOLS,
  ...NPM_TOOLS,
  ...PYTHON_TOOLS,
  ...JVM_TOOLS,
  ...RUST_TOOLS,
];
