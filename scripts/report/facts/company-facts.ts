import type { Result } from '../../checks/result/contract/result.ts';
import { formatClock } from '../../shared/text/format.ts';

type Actor = Result['actors'][number];

/** `dump nightly`; an actor that is called after its kind needs no other name. */
function actorName({ name, kind }: Pick<Actor, 'name' | 'kind'>): string {
  return name === kind ? kind : `${kind} ${name}`;
}

/** One line for each who was to be there: `long-reader: from 1:13 to 3:19`; empty = nobody but the app. */
export function companyLines({ actors }: Result): string[] {
  return actors.map((actor) => {
    const { fromMs, toMs, note } = actor;
    const stay =
      fromMs === null || toMs === null
        ? 'did not come'
        : `from ${formatClock(fromMs)} to ${formatClock(toMs)}`;
    return `${actorName(actor)}: ${stay}${note === null ? '' : `, ${note}`}`;
  });
}

/** Those who were there at some time. */
export function actorsThatCame({ actors }: Pick<Result, 'actors'>): {
  readonly name: string;
  readonly title: string;
  readonly fromMs: number;
  readonly toMs: number;
}[] {
  return actors.flatMap((actor) => {
    const { fromMs, toMs } = actor;
    return fromMs === null || toMs === null
      ? []
      : [{ name: actor.name, title: actorName(actor), fromMs, toMs }];
  });
}
