import { render } from 'preact';
import { StatusRegions } from '../kit';

const app = document.getElementById('app');
if (app) render(<StatusRegions />, app);
