import { render } from 'preact';
import { StatusRegions, createI18n, negotiate } from '../kit';
import english from './locales/en.json';

const i18n = createI18n(negotiate(navigator.languages, ['en']), english);

const app = document.getElementById('app');
if (app) {
  render(
    <>
      <p>{i18n.t('loading')}</p>
      <StatusRegions />
    </>,
    app,
  );
}
