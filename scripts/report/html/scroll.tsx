import type { ComponentChildren } from 'preact';

/** A part that may be wider than the window: it scrolls by itself, also by keyboard, and the page does not. */
export function Scroll({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      {children}
    </div>
  );
}
