import { expect, test } from 'vitest';
import { BlockPainter } from './block-painter.ts';
import { Screen } from '../../../test/support/screen.ts';

function painter(columns = 40): { screen: Screen; painter: BlockPainter } {
  const screen = new Screen(columns);
  return { screen, painter: new BlockPainter(screen, () => screen.columns) };
}

test('a block is redrawn in its place, also when it gets shorter', () => {
  const { screen, painter: block } = painter();
  screen.write('$ rehearse run\n');
  block.paint(['one', 'two, a longer line', 'three']);
  block.paint(['ONE', 'two']);
  expect(screen.text()).toBe('$ rehearse run\nONE\ntwo');
});

test('a line printed above stays there and the block moves down', () => {
  const { screen, painter: block } = painter();
  block.paint(['first', 'second']);
  block.printAbove('a note');
  block.paint(['first', 'SECOND']);
  expect(screen.text()).toBe('a note\nfirst\nSECOND');
});

test('the cursor is hidden while the block is open, and shown and below it afterwards', () => {
  const { screen, painter: block } = painter();
  block.paint(['first']);
  expect(screen.cursorVisible).toBe(false);
  block.close();
  screen.write('FAIL  after it\n');
  expect(screen.cursorVisible).toBe(true);
  expect(screen.text()).toBe('first\nFAIL  after it');
});

test('the same lines again write nothing', () => {
  const written: string[] = [];
  const block = new BlockPainter({ write: (text) => written.push(text) }, () => 80);
  block.paint(['same']);
  block.paint(['same']);
  expect(written).toHaveLength(1);
});

test('lines that a narrower window has wrapped are still overwritten', () => {
  const { screen, painter: block } = painter(20);
  block.paint(['0123456789abcde', 'short']);
  screen.resize(10);
  block.paint(['012345…', 'short']);
  expect(screen.text()).toBe('012345…\nshort');
});
