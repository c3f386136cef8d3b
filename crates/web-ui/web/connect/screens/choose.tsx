import { Icon, Logo } from '../../kit';
import { useFlow, useShared } from '../context';
import { Frame } from './frame';
import { List } from './list';

export function Choose() {
  const { texts, app } = useShared();
  const flow = useFlow();
  const { integrations } = flow.state.session;
  if (!integrations.length) {
    return (
      <Frame center name={texts.t('empty_title')} title={texts.t('empty_title')}>
        <p class="lead">{texts.t('empty_body', { app })}</p>
      </Frame>
    );
  }
  return (
    <Frame name={texts.t('choose_title')} title={texts.t('choose_title')}>
      <p class="lead">{texts.t('choose_lead', { app })}</p>
      <List of={integrations} named={({ name, provider, key, categories }) => [name, [provider, key, ...categories].join(' ')]} onPick={(choice) => void flow.choose(choice)}>
        {(choice) => (
          <>
            <Logo name={choice.name} />
            <span class="choice-name">
              {choice.name}
              {choice.provider !== choice.name && <small>{choice.provider}</small>}
            </span>
            <Icon name="chevron" size={18} />
          </>
        )}
      </List>
    </Frame>
  );
}
