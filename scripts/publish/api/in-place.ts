import { z } from 'zod';

const commentSchema = z.object({ id: z.number(), body: z.string().nullish() });
export type Comment = z.infer<typeof commentSchema>;

/** Of whatever a list holds, what has an id and a text. */
export function commentsIn(document: unknown): Comment[] {
  const list = Array.isArray(document) ? (document as unknown[]) : [];
  return list.flatMap((item) => {
    const comment = commentSchema.safeParse(item);
    return comment.success ? [comment.data] : [];
  });
}

/** The comments of one request. */
export interface Thread {
  /** All of them, on however many pages. */
  readonly list: () => Promise<Comment[]>;
  readonly create: (body: string) => Promise<Comment | undefined>;
  readonly update: (id: number, body: string) => Promise<void>;
  readonly remove: (id: number) => Promise<void>;
}

/**
 * One comment for each marker: the oldest that begins with it is updated, else one is made. Where two jobs make one at the same
 * moment, the newer takes its own away again; nobody else's is ever removed.
 * @param render gives the text; it gets the one that it replaces
 */
export async function putInPlace(
  thread: Thread,
  marker: string,
  render: (before?: string) => string,
): Promise<'made' | 'updated'> {
  const oldest = async (): Promise<Comment | undefined> =>
    (await thread.list())
      .filter(({ body }) => body?.trimStart().startsWith(marker))
      .sort((a, b) => a.id - b.id)[0];
  const there = await oldest();
  if (there !== undefined) {
    await thread.update(there.id, render(there.body ?? undefined));
    return 'updated';
  }
  const made = await thread.create(render());
  const first = await oldest();
  if (made === undefined || first === undefined || first.id >= made.id) return 'made';
  await thread.update(first.id, render(first.body ?? undefined));
  await thread.remove(made.id);
  return 'updated';
}
