"""A stand-in for telegram-web-app.js: what the Mini App uses of it, noting each call in `window.telegramCalls`."""

TELEGRAM_STUB = """
(() => {
  const calls = (window.telegramCalls = []);
  const handlers = {};
  const params = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  const kept = (use) => { try { return use(sessionStorage); } catch { return ""; } }; // it may be forbidden
  const initData = params.tgWebAppData || kept((storage) => storage.getItem("stub")) || "";
  const themeParams = JSON.parse(params.tgWebAppThemeParams || "{}");
  const note = (name) => (...values) => { calls.push([name, ...values]); };
  let back = null;
  let main = null;
  if (initData) kept((storage) => storage.setItem("stub", initData));
  window.Telegram = { WebApp: {
    initData,
    initDataUnsafe: {},
    version: params.tgWebAppVersion || "9.1",
    platform: "ios",
    colorScheme: "light",
    themeParams,
    isActive: true,
    isVersionAtLeast: () => true,
    ready: note("ready"),
    expand: note("expand"),
    onEvent: (name, run) => { (handlers[name] ||= []).push(run); },
    BackButton: {
      show: note("back.show"),
      hide: note("back.hide"),
      onClick: (run) => { back = run; },
    },
    HapticFeedback: {
      impactOccurred: note("haptic.impact"),
      notificationOccurred: note("haptic.notification"),
      selectionChanged: note("haptic.selection"),
    },
    disableVerticalSwipes: note("swipes.off"),
    enableVerticalSwipes: note("swipes.on"),
    enableClosingConfirmation: note("closing.ask"),
    disableClosingConfirmation: note("closing.free"),
    setHeaderColor: note("header"),
    setBackgroundColor: note("background"),
    downloadFile: note("download"),
    requestWriteAccess: note("write access"),
    hideKeyboard: note("keyboard.hide"),
    openLink: note("link"),
    openTelegramLink: note("chat"),
  } };
  // not every client has it: a test that wants it says so
  if (window.hasMainButton) {
    window.Telegram.WebApp.MainButton = {
      setParams: note("main"),
      showProgress: note("main.progress"),
      hideProgress: note("main.done"),
      hide: note("main.hide"),
      onClick: (run) => { main = run; },
      offClick: (run) => { if (main === run) main = null; },
    };
  }
  window.telegram = {
    main: () => main?.(),
    back: () => back?.(),
    fire: (name) => (handlers[name] || []).forEach((run) => run()),
    setTheme: (colours) => { Object.assign(themeParams, colours); window.telegram.fire("themeChanged"); },
  };
})();
"""
