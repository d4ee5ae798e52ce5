import type { Result } from '../../checks/result/contract/result.ts';

export function Limits({ result }: { result: Result }) {
  return (
    <section>
      <h2>What this rehearsal cannot tell</h2>
      <ul>
        {result.limits.map((limit) => (
          <li>{limit}</li>
        ))}
      </ul>
    </section>
  );
}
