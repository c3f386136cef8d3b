// What the server says in the page itself: a block of JSON, which no browser runs.

/** The document's `<script type="application/json" id="boot">`. */
export function boot<T>(): Partial<T> {
  const block = document.getElementById('boot');
  return block?.textContent ? (JSON.parse(block.textContent) as Partial<T>) : {};
}
