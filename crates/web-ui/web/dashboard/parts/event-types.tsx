const TYPES: [string, string][] = [
  ['connection.created', 'An end user connected an account'],
  ['connection.failed', 'The provider refuses it; the end user has to connect again'],
  ['connection.degraded', 'A refresh failed, and is tried again'],
  ['connection.recovered', 'It works again'],
  ['connection.reauthorized', 'The end user connected again'],
  ['connection.expiring', 'It will end soon'],
  ['connection.deleted', 'It was deleted'],
];

/** Which events an endpoint is told of; none chosen is all of them. */
export function TypeChoice({ chosen, onChange }: { chosen: string[]; onChange: (chosen: string[]) => void }) {
  return (
    <fieldset class="choices">
      <legend>Events</legend>
      <p class="help">Without a choice it is told everything.</p>
      {TYPES.map(([type, meaning]) => (
        <label class="choice" key={type}>
          <input type="checkbox" checked={chosen.includes(type)} onChange={(event) => onChange(event.currentTarget.checked ? [...chosen, type] : chosen.filter((one) => one !== type))} />
          <span>
            <code>{type}</code>
            <small>{meaning}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
