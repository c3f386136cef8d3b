// What runs first in the dashboard: light or dark, before anything is painted. Its colours are in the style sheet.
import { dressFirst, follow } from '../kit/scheme';
import { remembered } from './remembered';

dressFirst((root, _, appearance) => follow(root, appearance), remembered());
