import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const README = fileURLToPath(new URL('../../../README.md', import.meta.url));
const SHELL = new Set(['sh', 'bash']);

/** A fenced block of the README. */
interface ReadmeBlock {
  /** The heading above it. */
  readonly heading: string;
  readonly language: string;
  readonly text: string;
}

export async function readmeBlocks(): Promise<ReadmeBlock[]> {
  const markdown = await readFile(README, 'utf8');
  const parts = /^## (?<heading>.+)$|^```(?<language>\w*)\n(?<text>[^]*?)^```$/gm;
  let heading = '';
  const blocks: ReadmeBlock[] = [];
  for (const { groups = {} } of markdown.matchAll(parts)) {
    if (groups['heading'] === undefined) {
      blocks.push({ heading, language: groups['language'] ?? '', text: groups['text'] ?? '' });
    } else heading = groups['heading'];
  }
  return blocks;
}

/** What a reader would type, block by block. */
export async function readmeCommands(): Promise<Map<string, string>> {
  const blocks = await readmeBlocks();
  return new Map(
    blocks.filter(({ language }) => SHELL.has(language)).map((each) => [each.heading, each.text]),
  );
}
