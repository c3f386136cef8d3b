import type { ComponentChildren } from 'preact';

export interface Column<T> {
  name: string;
  /** Not shown where there is little room. */
  minor?: boolean;
  end?: boolean;
  cell: (row: T) => ComponentChildren;
}

export interface Selection {
  selected: ReadonlySet<string>;
  change: (selected: ReadonlySet<string>) => void;
}

/** Rows with a link of their own; a click anywhere in one follows it. Where rows can be chosen, each has a box. */
export function Table<T>({ caption, columns, rows, id, href, selection, label }: { caption: string; columns: Column<T>[]; rows: T[]; id: (row: T) => string; href?: (row: T) => string; selection?: Selection | undefined; label?: (row: T) => string }) {
  const every = rows.length > 0 && rows.every((row) => selection?.selected.has(id(row)));
  const some = rows.some((row) => selection?.selected.has(id(row)));
  const toggle = (ids: string[], on: boolean) => {
    const next = new Set(selection?.selected);
    for (const one of ids) on ? next.add(one) : next.delete(one);
    selection?.change(next);
  };
  return (
    <div class="table-frame" tabIndex={0} role="region" aria-label={caption}>
      <table class="table">
        <caption class="for-readers">{caption}</caption>
        <thead>
          <tr>
            {selection && (
              <th class="choose">
                <input type="checkbox" aria-label="Choose all on this page" checked={every} ref={(box) => { if (box) box.indeterminate = some && !every; }} onChange={(event) => toggle(rows.map(id), event.currentTarget.checked)} />
              </th>
            )}
            {columns.map((column) => (
              <th key={column.name} scope="col" class={classes(column)}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={id(row)} class={href ? 'has-link' : ''} aria-selected={selection ? selection.selected.has(id(row)) : undefined} onClick={(event) => href && follow(event)}>
              {selection && (
                <td class="choose">
                  <input type="checkbox" aria-label={`Choose ${label?.(row) ?? id(row)}`} checked={selection.selected.has(id(row))} onChange={(event) => toggle([id(row)], event.currentTarget.checked)} />
                </td>
              )}
              {columns.map((column, at) => (
                <td key={column.name} class={classes(column)}>
                  {at === 0 && href ? (
                    <a class="row-link" href={href(row)}>
                      {column.cell(row)}
                    </a>
                  ) : (
                    column.cell(row)
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function classes<T>(column: Column<T>): string {
  return [column.minor && 'minor', column.end && 'end'].filter(Boolean).join(' ');
}

/** A click beside the link is meant for it; one on something else that can be pressed, or on chosen text, is not. */
function follow(event: MouseEvent & { currentTarget: HTMLElement }): void {
  const target = event.target as HTMLElement;
  if (target.closest('a, button, input, label, select') || getSelection()?.toString()) return;
  const link = event.currentTarget.querySelector<HTMLAnchorElement>('a.row-link');
  link?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, metaKey: event.metaKey, ctrlKey: event.ctrlKey, shiftKey: event.shiftKey }));
}
