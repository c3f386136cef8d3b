import { Page } from '../parts/page';

export function NowhereScreen() {
  return (
    <Page title="There is nothing here">
      <p class="muted">
        The address may be mistyped, or what it named is gone. <a href="/dashboard">Back to the overview</a>
      </p>
    </Page>
  );
}
