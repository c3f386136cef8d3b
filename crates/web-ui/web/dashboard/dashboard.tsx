import { render } from 'preact';
import { StatusRegions } from '../kit';
import { App } from './app';
import { dress } from './look';
import { resume } from './session';

dress();
const root = document.getElementById('app');
if (root) {
  root.replaceChildren();
  render(
    <>
      <App />
      <StatusRegions />
    </>,
    root,
  );
}
// Whoever follows a login link is let in by it, whatever they were before.
if (location.pathname !== '/dashboard/login') void resume();
