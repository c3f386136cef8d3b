// What runs first in a connect page of no theme's: its colours are in the style sheet (esbuild.mjs).
import { dressFirst, follow } from '../kit/scheme';
import { askForTexts } from './locales';

dressFirst((root, _, appearance) => follow(root, appearance));
askForTexts();
