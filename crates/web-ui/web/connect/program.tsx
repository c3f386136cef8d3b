// The screens of one session, whichever it is at.
import { useEffect, useReducer } from 'preact/hooks';
import { Button, Dialog } from '../kit';
import { useShared } from './context';
import type { Flow } from './flow';
import { Later } from './later';
import { Choose } from './screens/choose';
import { Done } from './screens/done';
import { Explain } from './screens/explain';
import { Form } from './screens/form';
import { Opening, Verify, Waiting } from './screens/progress';

export function Program() {
  const { flow, texts } = useShared();
  const [, changed] = useReducer((count: number) => count + 1, 0);
  useEffect(() => flow?.subscribe(() => changed(undefined)), [flow]);
  if (!flow) return null;
  const { screen, leaving } = flow.state;
  return (
    <>
      <Screen flow={flow} key={screen.at} />
      {leaving && (
        <Dialog
          title={texts.t('leave_title')}
          onClose={() => flow.stay()}
          actions={
            <>
              <Button kind="primary" onClick={() => flow.stay()}>
                {texts.t('leave_stay')}
              </Button>
              <Button onClick={() => flow.close()}>{texts.t('leave_go')}</Button>
            </>
          }
        >
          <p>{texts.t('leave_body')}</p>
        </Dialog>
      )}
    </>
  );
}

function Screen({ flow }: { flow: Flow }) {
  const { screen } = flow.state;
  switch (screen.at) {
    case 'choose':
      return <Choose />;
    case 'explain':
      return <Explain form={screen.form} />;
    case 'form':
      return <Form form={screen.form} />;
    case 'verify':
      return <Verify form={screen.form} />;
    case 'opening':
      return <Opening form={screen.form} />;
    case 'waiting':
      return <Waiting form={screen.form} seemsClosed={screen.seemsClosed} />;
    case 'other_account':
      return <Later>{({ OtherAccount }) => <OtherAccount form={screen.form} busy={screen.busy} />}</Later>;
    case 'which_account':
      return <Later>{({ WhichAccount }) => <WhichAccount form={screen.form} chosen={screen.chosen} />}</Later>;
    case 'blocked':
      return <Later>{({ Blocked }) => <Blocked form={screen.form} />}</Later>;
    case 'pending':
      return <Later>{({ Pending }) => <Pending form={screen.form} link={screen.link} />}</Later>;
    case 'failed':
      return <Later>{({ Failed }) => <Failed failure={screen.failure} form={screen.form} />}</Later>;
    case 'done':
      return <Done review={screen.review} />;
  }
}
