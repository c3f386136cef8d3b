"use strict";
var latchkey = (() => {
  var __defProp = Object.defineProperty;
  var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
  var __getOwnPropNames = Object.getOwnPropertyNames;
  var __hasOwnProp = Object.prototype.hasOwnProperty;
  var __export = (target, all) => {
    for (var name in all)
      __defProp(target, name, { get: all[name], enumerable: true });
  };
  var __copyProps = (to, from2, except, desc) => {
    if (from2 && typeof from2 === "object" || typeof from2 === "function") {
      for (let key of __getOwnPropNames(from2))
        if (!__hasOwnProp.call(to, key) && key !== except)
          __defProp(to, key, { get: () => from2[key], enumerable: !(desc = __getOwnPropDesc(from2, key)) || desc.enumerable });
    }
    return to;
  };
  var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);

  // sdk/index.ts
  var sdk_exports = {};
  __export(sdk_exports, {
    connect: () => connect,
    createConnect: () => createConnect
  });
  var from = typeof document === "undefined" ? void 0 : document.currentScript?.src;
  var PROTOCOL = 1;
  var PATIENCE = 15e3;
  var ANSWERS_WITHIN = 2e3;
  function connect(options) {
    return createConnect(options).open(options).outcome;
  }
  function createConnect(settings) {
    if (!settings.environment) throw new TypeError("Latchkey: say which environment, in `environment`.");
    const base = settings.server ?? (from && new URL(from).origin);
    if (!base) throw new TypeError("Latchkey: say where the server is, in `server`.");
    const server = new URL(base, location.href).origin;
    return {
      open(opening) {
        const small = matchMedia("(max-width: 480px) and (pointer: coarse)").matches;
        const mode = settings.mode ?? "auto";
        return mode === "redirect" || mode === "auto" && small && opening.returnUrl ? redirect(server, opening) : dialog(server, settings, opening);
      }
    };
  }
  async function tokenOf({ sessionToken }) {
    const token = await (typeof sessionToken === "function" ? sessionToken() : sessionToken);
    if (typeof token === "string" && token) return token;
    console.error("Latchkey: sessionToken gave no token. It is `token` of what CreateConnectSession answers.");
    throw new TypeError("no token");
  }
  function redirect(server, opening) {
    const outcome = tokenOf(opening).then(
      (token) => {
        const fragment = new URLSearchParams({ s: token, ...opening.returnUrl && { r: opening.returnUrl } });
        location.assign(`${server}/connect#${fragment}`);
        return { status: "redirected" };
      },
      () => ({ status: "failed", reason: "TOKEN_UNAVAILABLE", owner: "DEVELOPER" })
    );
    return { outcome, on: () => () => void 0, setAppearance: () => void 0, close: () => void 0 };
  }
  function dialog(server, settings, opening) {
    const listeners = /* @__PURE__ */ new Map();
    const emit = (name, detail) => {
      for (const listener of listeners.get(name) ?? []) listener(detail);
    };
    let settle = () => void 0;
    let settled = false;
    const outcome = new Promise((resolve) => {
      settle = (result) => {
        if (settled) return;
        settled = true;
        resolve(result);
        emit("outcome", result);
      };
    });
    const { element, frame, whole, resize } = build(`${server}/embed/${encodeURIComponent(settings.environment)}#${new URLSearchParams({ o: location.origin })}`);
    const undim = dim();
    const before = document.activeElement;
    let port;
    const end = (result) => {
      settle(result);
      if (!element.isConnected) return;
      clearTimeout(timer);
      clearTimeout(leaving);
      removeEventListener("message", greeted);
      port?.close();
      element.close();
      element.remove();
      undim();
      if (before instanceof HTMLElement) before.focus();
      emit("close", void 0);
    };
    const timer = setTimeout(() => end({ status: "failed", reason: "FRAME_UNREACHABLE", owner: "DEVELOPER" }), PATIENCE);
    const token = () => tokenOf(opening).catch(() => {
      end({ status: "failed", reason: "TOKEN_UNAVAILABLE", owner: "DEVELOPER" });
      return void 0;
    });
    const first = token();
    let leaving;
    const leave = () => {
      if (!port) return end({ status: "dismissed" });
      port.postMessage({ type: "close" });
      leaving ??= setTimeout(() => end({ status: "dismissed" }), ANSWERS_WITHIN);
    };
    const heard = ({ data }) => {
      clearTimeout(leaving);
      leaving = void 0;
      if (data.type === "ready") emit("ready", void 0);
      else if (data.type === "step") emit("step", { step: data.step, integration: data.integration });
      else if (data.type === "title") frame.title = data.title;
      else if (data.type === "size") resize(data.height);
      else if (data.type === "outcome") settle(data.outcome);
      else if (data.type === "close") end({ status: "dismissed" });
      else if (data.type === "token") void token().then((it) => it && port?.postMessage({ type: "token", token: it }));
    };
    const greeted = async ({ origin, source, data }) => {
      if (origin !== server || source !== frame.contentWindow || data?.type !== "hello" || data.protocol !== PROTOCOL) return;
      clearTimeout(timer);
      frame.contentWindow?.postMessage({ type: "wait", nonce: data.nonce }, server);
      const it = await first;
      if (!it || !element.isConnected) return;
      const channel = new MessageChannel();
      port?.close();
      port = channel.port1;
      port.onmessage = heard;
      const { locale, appearance } = settings;
      const { integration } = opening;
      frame.contentWindow?.postMessage({ type: "welcome", nonce: data.nonce, token: it, integration, locale, appearance, whole }, server, [channel.port2]);
    };
    addEventListener("message", greeted);
    element.addEventListener("cancel", (event) => {
      event.preventDefault();
      leave();
    });
    element.addEventListener("click", (event) => event.target === element && leave());
    document.body.append(element);
    element.showModal();
    return {
      outcome,
      on: (name, listener) => {
        const known = listeners.get(name) ?? /* @__PURE__ */ new Set();
        listeners.set(name, known.add(listener));
        return () => known.delete(listener);
      },
      setAppearance: (appearance) => port?.postMessage({ type: "appearance", appearance }),
      close: leave
    };
  }
  function dim() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("dialog[data-latchkey]::backdrop { background: rgb(16 19 26 / 48%); }");
    document.adoptedStyleSheets.push(sheet);
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((it) => it !== sheet);
    };
  }
  function build(src) {
    const element = document.createElement("dialog");
    element.dataset["latchkey"] = "";
    const frame = document.createElement("iframe");
    frame.src = src;
    frame.title = "Connect";
    frame.allow = "clipboard-write";
    const small = matchMedia("(max-width: 480px)").matches;
    Object.assign(element.style, {
      width: small ? "100%" : "min(27rem, 100%)",
      maxWidth: "100%",
      height: small ? "100dvh" : "fit-content",
      maxHeight: small ? "100dvh" : "calc(100dvh - 32px)",
      padding: "0",
      border: "0",
      borderRadius: small ? "0" : "16px",
      overflow: "hidden",
      background: "transparent",
      boxShadow: "0 24px 64px -12px rgb(0 0 0 / 35%)"
    });
    Object.assign(frame.style, {
      display: "block",
      width: "100%",
      height: small ? "100dvh" : "480px",
      maxHeight: small ? "100dvh" : "calc(100dvh - 32px)",
      border: "0"
    });
    element.append(frame);
    const resize = (height) => {
      if (!small) frame.style.height = `${height}px`;
    };
    return { element, frame, whole: small, resize };
  }
  return __toCommonJS(sdk_exports);
})();
