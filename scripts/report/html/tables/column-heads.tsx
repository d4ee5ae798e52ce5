/** A table's head; a heading that starts with `>` stands over numbers. */
export function ColumnHeads({ names }: { names: readonly string[] }) {
  return (
    <thead>
      <tr>
        {names.map((name) =>
          name.startsWith('>') ? (
            <th scope="col" class="r">
              {name.slice(1)}
            </th>
          ) : (
            <th scope="col">{name}</th>
          ),
        )}
      </tr>
    </thead>
  );
}
