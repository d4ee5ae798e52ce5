import type { ComponentChildren } from 'preact';
import type { Result } from '../../checks/result/contract/result.ts';
import {
  createdText,
  hostHoursText,
  keptText,
  paceText,
  priceText,
  removalCommand,
  sweepText,
} from '../facts/environment-facts.ts';

/** What was created, and the proof that it is gone; red where there is none. */
export function Teardown({ result }: { result: Result }) {
  const { engine } = result.environment;
  const hours = hostHoursText(result);
  const kept = keptText(result);
  return (
    <section>
      <h2>Teardown</h2>
      <dl>
        <Entry term="Created">{`${createdText(result)}${engine === null ? '' : `, by ${engine}`}`}</Entry>
        <Entry term="Time">{paceText(result)}</Entry>
        {kept === null ? <Sweep result={result} /> : <Kept text={kept} result={result} />}
        {hours !== null && <Entry term="Host-hours">{hours}</Entry>}
        <Entry term="Price">{priceText(result)}</Entry>
      </dl>
    </section>
  );
}

function Entry({ term, children }: { term: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Sweep({ result }: { result: Result }) {
  const { text, isProof } = sweepText(result);
  return (
    <Entry term="Sweep afterwards">
      <span class={isProof ? 's-pass' : 's-fail'}>{text}</span>
      {!isProof && <Command text={removalCommand(result)} what="This removes what is there:" />}
    </Entry>
  );
}

function Kept({ text, result }: { text: string; result: Result }) {
  if (result.environment.shared) return <Entry term="Hosts">{text}</Entry>;
  return (
    <Entry term="Still up">
      <span class="s-warn">{text}</span>
      <Command text={removalCommand(result)} what="It goes by itself then; sooner with:" />
    </Entry>
  );
}

function Command({ text, what }: { text: string; what: string }) {
  return (
    <div>
      <span class="small mut">{what}</span>
      <pre class="sql">{text}</pre>
    </div>
  );
}
