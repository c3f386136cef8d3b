// What runs first in a page with a theme of its own: the theme's colours are derived here, and the program need not bring their arithmetic.
import { dressFirst } from './scheme';
import { wear } from './theme';

dressFirst(wear);
