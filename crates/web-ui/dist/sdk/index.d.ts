export type Appearance = 'auto' | 'light' | 'dark';
export type Step = 'choose' | 'explain' | 'form' | 'verify' | 'authorize' | 'account' | 'pending' | 'done' | 'failed' | 'manage';
/** What one opening came to. Exactly one of these, whatever happens; nothing a person can do makes an exception. */
export type Outcome = 
/** `result_token` is for your backend: `ExchangeConnectResult` tells it, once and within five minutes, what really came of it. */
{
    status: 'connected';
    session?: string;
    connection: {
        id: string;
        integration: string;
        account?: string;
    };
    result_token?: string;
}
/** An admin at the provider has to allow it, and has been asked: your backend hears of the connection when they have. */
 | {
    status: 'pending';
    session?: string;
}
/** The person left; `USER_DECLINED` where they said no to the provider. */
 | {
    status: 'dismissed';
    session?: string;
    at?: Step;
    reason?: string;
}
/** `owner` says whose turn it is: `END_USER`, `DEVELOPER`, `PROVIDER` or `OPERATOR`. `reference` is for looking it up. */
 | {
    status: 'failed';
    session?: string;
    reason: string;
    owner?: string;
    reference?: string;
}
/** The browser is on its way to the hosted page, and comes back to `returnUrl`. */
 | {
    status: 'redirected';
};
export interface Settings {
    /** Where the Latchkey server is, for instance `https://connect.example.com`. The server that the script came from, where it is a script of its own. */
    server?: string;
    /** The environment whose integrations are offered. */
    environment: string;
    /** `dialog` over the page, `redirect` to the hosted page, or whichever suits the device. */
    mode?: 'auto' | 'dialog' | 'redirect';
    /** A language such as `de`; the browser's, where it is not said. */
    locale?: string;
    appearance?: Appearance;
}
export interface Opening {
    /** From `CreateConnectSession`, made by your backend for the person at this page. A function is asked again when it has run out. */
    sessionToken: string | (() => string | Promise<string>);
    /** Goes straight to one of the session's integrations. */
    integration?: string;
    /** For `redirect`: where the hosted page sends the browser in the end. One of the environment's `return_urls`. */
    returnUrl?: string;
}
/** What there is to listen to. `step` may grow; the others stay as they are. */
export interface Events {
    ready: undefined;
    step: {
        step: Step;
        integration?: string;
    };
    outcome: Outcome;
    close: undefined;
}
export interface Flow {
    outcome: Promise<Outcome>;
    on<Name extends keyof Events>(name: Name, listener: (detail: Events[Name]) => void): () => void;
    setAppearance(appearance: Appearance): void;
    /** Asks the person first where something typed would be lost. */
    close(): void;
}
/** Opens the connect pages, and resolves with what came of it. */
export declare function connect(options: Settings & Opening): Promise<Outcome>;
export declare function createConnect(settings: Settings): {
    open(opening: Opening): Flow;
};
