import { useShared } from '../context';
import { Frame } from './frame';

/** A window whose page is gone: nobody can say where it should go. */
export function Lost() {
  const { texts } = useShared();
  const title = texts.t('window_lost_title');
  return (
    <Frame center name={title} title={title}>
      <p class="lead">{texts.t('window_lost_body')}</p>
    </Frame>
  );
}
