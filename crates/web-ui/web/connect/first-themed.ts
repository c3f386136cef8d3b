// The same where a customer has a theme.
import '../kit/theme-first';
import { askForTexts } from './locales';

askForTexts();
