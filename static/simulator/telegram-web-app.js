// @ts-check
/**
 * The simulator's stand-in for https://telegram.org/js/telegram-web-app.js: window.Telegram.WebApp, speaking with the
 * page that frames the app by the messages of Telegram Web ({eventType, eventData} as JSON text).
 */
(() => {
  /** @typedef {(data?: any) => void} Listener */

  const STORED = `__telegram__initParams:${self.name}`;
  const framed = window.parent !== window;
  const launch = readLaunch();
  const version = launch.tgWebAppVersion ?? "6.0";
  const initData = launch.tgWebAppData ?? "";
  const root = document.documentElement;

  /** @type {Map<string, Set<Listener>>} */
  const listeners = new Map();
  /** @type {((id: string) => void) | null} */
  let onPopup = null;
  let clock = 0;

  /** A reload loses the hash, not the session. @returns {Record<string, string>} */
  function readLaunch() {
    const fresh = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
    try {
      if (!("tgWebAppVersion" in fresh)) return JSON.parse(sessionStorage.getItem(STORED) ?? "{}");
      sessionStorage.setItem(STORED, JSON.stringify(fresh));
    } catch { /* storage may be forbidden in frames */ }
    return fresh;
  }

  /** @param {string} text @returns {any} */
  function parse(text) {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }

  /** @param {string} eventType @param {object} [eventData] */
  function post(eventType, eventData = {}) {
    if (framed) window.parent.postMessage(JSON.stringify({ eventType, eventData }), "*");
  }

  /** @param {string} name @param {any} [data] */
  function emit(name, data) {
    for (const listener of [...(listeners.get(name) ?? [])]) listener.call(WebApp, data);
  }

  /** @param {string} wanted */
  function isVersionAtLeast(wanted) {
    const [left, right] = [version, wanted].map((text) => text.split(".").map(Number));
    for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
      const difference = (left[index] ?? 0) - (right[index] ?? 0);
      if (difference) return difference > 0;
    }
    return true;
  }

  /** Old clients warn about a newer call, or fail at it, as Telegram's own script does. @param {string} since @param {string} name */
  function needs(since, name) {
    if (isVersionAtLeast(since)) return;
    console.error(`[Telegram.WebApp] ${name} is not supported in version ${version}`);
    throw new Error("WebAppMethodUnsupported");
  }

  /** @param {string} since */
  function knows(since) {
    if (!isVersionAtLeast(since)) console.warn(`[Telegram.WebApp] needs version ${since}, the client has ${version}`);
    return isVersionAtLeast(since);
  }

  /** @param {string} name @param {string} value */
  const paint = (name, value) => root.style.setProperty(`--tg-${name}`, value);

  /** @param {string} colour */
  function isDark(colour) {
    const parts = /^#(..)(..)(..)$/.exec(colour)?.slice(1) ?? ["ff", "ff", "ff"];
    const [red, green, blue] = parts.map((part) => parseInt(part, 16));
    return Math.sqrt(red ** 2 * 0.299 + green ** 2 * 0.587 + blue ** 2 * 0.114) < 120;
  }

  /** @param {Record<string, string>} params */
  function setTheme(params) {
    WebApp.themeParams = params;
    WebApp.colorScheme = isDark(params.bg_color ?? "#ffffff") ? "dark" : "light";
    for (const [name, value] of Object.entries(params)) paint(`theme-${name.replaceAll("_", "-")}`, value);
    paint("color-scheme", WebApp.colorScheme);
  }

  /** @param {{height?: number, is_expanded?: boolean, is_state_stable?: boolean}} view */
  function setViewport({ height = window.innerHeight, is_expanded: expanded, is_state_stable: stable = true }) {
    WebApp.viewportHeight = height;
    if (stable) WebApp.viewportStableHeight = height;
    if (expanded !== undefined) WebApp.isExpanded = expanded;
    paint("viewport-height", `${height}px`);
    paint("viewport-stable-height", `${WebApp.viewportStableHeight}px`);
    emit("viewportChanged", { isStateStable: stable });
  }

  /** @param {"safeAreaInset" | "contentSafeAreaInset"} name @param {Record<string, number>} inset */
  function setInset(name, inset) {
    WebApp[name] = { top: 0, bottom: 0, left: 0, right: 0, ...inset };
    const prefix = name === "safeAreaInset" ? "safe-area-inset" : "content-safe-area-inset";
    for (const [side, value] of Object.entries(WebApp[name])) paint(`${prefix}-${side}`, `${value}px`);
  }

  /** @param {string} since @param {string} setup the message that tells the client @param {string} pressed its event */
  function simpleButton(since, setup, pressed) {
    /** @param {boolean} visible */
    function show(visible) {
      if (knows(since)) {
        button.isVisible = visible;
        post(setup, { is_visible: visible });
      }
      return button;
    }
    const button = {
      isVisible: false,
      show: () => show(true),
      hide: () => show(false),
      /** @param {Listener} run */
      onClick: (run) => (WebApp.onEvent(pressed, run), button),
      /** @param {Listener} run */
      offClick: (run) => (WebApp.offEvent(pressed, run), button),
    };
    return button;
  }

  /** @param {string} setup @param {string} pressed @param {string} text */
  function bottomButton(setup, pressed, text) {
    const fields = {
      text,
      color: "",
      textColor: "",
      isVisible: false,
      isActive: true,
      isProgressVisible: false,
      hasShineEffect: false,
    };
    /** @param {object} values */
    function change(values) {
      Object.assign(button, values);
      post(setup, {
        is_visible: button.isVisible,
        is_active: button.isActive,
        is_progress_visible: button.isProgressVisible,
        text: button.text,
        color: button.color || WebApp.themeParams.button_color,
        text_color: button.textColor || WebApp.themeParams.button_text_color,
      });
      return button;
    }
    const button = {
      ...fields,
      /** @param {string} value */
      setText: (value) => change({ text: value }),
      show: () => change({ isVisible: true }),
      hide: () => change({ isVisible: false }),
      enable: () => change({ isActive: true }),
      disable: () => change({ isActive: false }),
      showProgress: (leaveActive = false) => change({ isProgressVisible: true, isActive: leaveActive }),
      hideProgress: () => change({ isProgressVisible: false, isActive: true }),
      /** @param {Record<string, any>} params */
      setParams: ({ text_color, is_active, is_visible, has_shine_effect, ...rest }) =>
        change({
          ...rest,
          ...(text_color === undefined ? {} : { textColor: text_color }),
          ...(is_active === undefined ? {} : { isActive: is_active }),
          ...(is_visible === undefined ? {} : { isVisible: is_visible }),
          ...(has_shine_effect === undefined ? {} : { hasShineEffect: has_shine_effect }),
        }),
      /** @param {Listener} run */
      onClick: (run) => (WebApp.onEvent(pressed, run), button),
      /** @param {Listener} run */
      offClick: (run) => (WebApp.offEvent(pressed, run), button),
    };
    return button;
  }

  /** @param {string} key */
  const cloudKey = (key) => `cloud:${new URLSearchParams(initData).get("user") ?? ""}:${key}`;

  /** A call that the client answers later. @param {string} type @param {object} data @param {string} answer @param {Listener} [run] */
  function ask(type, data, answer, run) {
    const request = String(clock += 1);
    /** @param {any} event */
    const once = (event) => {
      WebApp.offEvent(answer, once);
      run?.(event?.status === "allowed" || event?.status === "sent" || event?.status === "downloading");
    };
    WebApp.onEvent(answer, once);
    post(type, { req_id: request, ...data });
  }

  const unsafe = Object.fromEntries(
    [...new URLSearchParams(initData)].map(([name, text]) => [name, /^[{[]/.test(text) ? parse(text) : text]),
  );

  /** @type {any} */
  const WebApp = {
    initData,
    initDataUnsafe: unsafe,
    version,
    platform: launch.tgWebAppPlatform ?? "unknown",
    colorScheme: "light",
    themeParams: {},
    isExpanded: true,
    isActive: true,
    isFullscreen: launch.tgWebAppFullscreen === "1",
    viewportHeight: window.innerHeight,
    viewportStableHeight: window.innerHeight,
    safeAreaInset: {},
    contentSafeAreaInset: {},
    headerColor: "#ffffff",
    backgroundColor: "#ffffff",
    bottomBarColor: "#ffffff",
    isClosingConfirmationEnabled: false,
    isVerticalSwipesEnabled: true,
    isVersionAtLeast,
    /** @param {string} name @param {Listener} run */
    onEvent(name, run) {
      if (!listeners.has(name)) listeners.set(name, new Set());
      listeners.get(name)?.add(run);
    },
    /** @param {string} name @param {Listener} run */
    offEvent: (name, run) => void listeners.get(name)?.delete(run),
    ready: () => post("web_app_ready"),
    expand: () => post("web_app_expand"),
    close: () => post("web_app_close"),
    /** @param {string} colour */
    setHeaderColor: (colour) => setColour("headerColor", "web_app_set_header_color", colour),
    /** @param {string} colour */
    setBackgroundColor: (colour) => setColour("backgroundColor", "web_app_set_background_color", colour),
    /** @param {string} colour */
    setBottomBarColor: (colour) => setColour("bottomBarColor", "web_app_set_bottom_bar_color", colour),
    enableClosingConfirmation: () => setClosing(true),
    disableClosingConfirmation: () => setClosing(false),
    enableVerticalSwipes: () => setSwipes(true),
    disableVerticalSwipes: () => setSwipes(false),
    requestFullscreen: () => (needs("8.0", "requestFullscreen"), post("web_app_request_fullscreen")),
    exitFullscreen: () => (needs("8.0", "exitFullscreen"), post("web_app_exit_fullscreen")),
    hideKeyboard: () => knows("9.1") && post("web_app_hide_keyboard"),
    /** @param {string} data */
    sendData(data) {
      if (!data || new Blob([data]).size > 4096) throw new Error("WebAppDataInvalid");
      post("web_app_data_send", { data });
    },
    /** @param {string} url */
    openLink: (url) => post("web_app_open_link", { url: new URL(url, location.href).href }),
    /** @param {string} url */
    openTelegramLink(url) {
      const { hostname, pathname, search } = new URL(url);
      if (hostname !== "t.me") throw new Error("WebAppTgUrlInvalid");
      post("web_app_open_tg_link", { path_full: pathname + search });
    },
    /** @param {{title?: string, message: string, buttons?: {id?: string, type?: string, text?: string}[]}} params @param {(id: string) => void} [run] */
    showPopup(params, run) {
      needs("6.2", "showPopup");
      if (onPopup) throw new Error("WebAppPopupOpened");
      const { title = "", message, buttons = [{ type: "close" }] } = params;
      const right = message && message.length <= 256 && title.length <= 64 && buttons.length >= 1 &&
        buttons.length <= 3;
      if (!right) throw new Error("WebAppPopupParamInvalid");
      onPopup = run ?? (() => {});
      post("web_app_open_popup", { title, message, buttons });
    },
    /** @param {string} message @param {() => void} [run] */
    showAlert: (message, run) => WebApp.showPopup({ message }, () => run?.()),
    /** @param {string} message @param {(sure: boolean) => void} [run] */
    showConfirm(message, run) {
      const buttons = [{ type: "ok", id: "ok" }, { type: "cancel" }];
      WebApp.showPopup({ message, buttons }, (/** @type {string} */ id) => run?.(id === "ok"));
    },
    /** @param {Listener} [run] */
    requestWriteAccess: (
      run,
    ) => (needs("6.9", "requestWriteAccess"), ask("web_app_request_write_access", {}, "writeAccessRequested", run)),
    /** @param {Listener} [run] */
    requestContact: (
      run,
    ) => (needs("6.9", "requestContact"), ask("web_app_request_phone", {}, "contactRequested", run)),
    /** @param {{url: string, file_name: string}} params @param {Listener} [run] */
    downloadFile(params, run) {
      needs("8.0", "downloadFile");
      ask(
        "web_app_request_file_download",
        { ...params, url: new URL(params.url, location.href).href },
        "fileDownloadRequested",
        run,
      );
    },
    BackButton: simpleButton("6.1", "web_app_setup_back_button", "backButtonClicked"),
    SettingsButton: simpleButton("7.0", "web_app_setup_settings_button", "settingsButtonClicked"),
    HapticFeedback: {
      /** @param {string} style */
      impactOccurred: (style) => haptic({ type: "impact", impact_style: style }),
      /** @param {string} kind */
      notificationOccurred: (kind) => haptic({ type: "notification", notification_type: kind }),
      selectionChanged: () => haptic({ type: "selection_change" }),
    },
    CloudStorage: {
      /** @param {string} key @param {string} value @param {(error: unknown, done?: boolean) => void} [run] */
      setItem: (
        key,
        value,
        run,
      ) => (needs("6.9", "CloudStorage"), localStorage.setItem(cloudKey(key), value), run?.(null, true)),
      /** @param {string} key @param {(error: unknown, value?: string) => void} run */
      getItem: (key, run) => (needs("6.9", "CloudStorage"), run(null, localStorage.getItem(cloudKey(key)) ?? "")),
      /** @param {string} key @param {(error: unknown, done?: boolean) => void} [run] */
      removeItem: (
        key,
        run,
      ) => (needs("6.9", "CloudStorage"), localStorage.removeItem(cloudKey(key)), run?.(null, true)),
    },
  };
  WebApp.MainButton = bottomButton("web_app_setup_main_button", "mainButtonClicked", "CONTINUE");
  WebApp.SecondaryButton = bottomButton("web_app_setup_secondary_button", "secondaryButtonClicked", "Cancel");

  /** @param {object} data */
  function haptic(data) {
    if (knows("6.1")) post("web_app_trigger_haptic_feedback", data);
    return WebApp.HapticFeedback;
  }

  /** @param {string} field @param {string} type @param {string} colour a name of the theme or #rrggbb */
  function setColour(field, type, colour) {
    if (!knows("6.1")) return;
    WebApp[field] = WebApp.themeParams[colour] ?? colour;
    post(type, colour.startsWith("#") ? { color: colour } : { color_key: colour, color: WebApp[field] });
  }

  /** @param {boolean} wanted */
  function setClosing(wanted) {
    if (!knows("6.2")) return;
    WebApp.isClosingConfirmationEnabled = wanted;
    post("web_app_setup_closing_behavior", { need_confirmation: wanted });
  }

  /** @param {boolean} allowed */
  function setSwipes(allowed) {
    if (!knows("7.7")) return;
    WebApp.isVerticalSwipesEnabled = allowed;
    post("web_app_setup_swipe_behavior", { allow_vertical_swipe: allowed });
  }

  /** What the client tells. @type {Record<string, (data: any) => void>} */
  const received = {
    theme_changed: ({ theme_params: params }) => (setTheme(params), emit("themeChanged")),
    viewport_changed: setViewport,
    safe_area_changed: (inset) => (setInset("safeAreaInset", inset), emit("safeAreaChanged")),
    content_safe_area_changed: (inset) => (setInset("contentSafeAreaInset", inset), emit("contentSafeAreaChanged")),
    fullscreen_changed: ({ is_fullscreen: full }) => (WebApp.isFullscreen = full, emit("fullscreenChanged")),
    visibility_changed: (
      { is_visible: visible },
    ) => (WebApp.isActive = visible, emit(visible ? "activated" : "deactivated")),
    back_button_pressed: () => emit("backButtonClicked"),
    settings_button_pressed: () => emit("settingsButtonClicked"),
    main_button_pressed: () => WebApp.MainButton.isActive && emit("mainButtonClicked"),
    secondary_button_pressed: () => WebApp.SecondaryButton.isActive && emit("secondaryButtonClicked"),
    write_access_requested: (data) => emit("writeAccessRequested", data),
    phone_requested: (data) => emit("contactRequested", data),
    file_download_requested: (data) => emit("fileDownloadRequested", data),
    popup_closed({ button_id: id = "" }) {
      const run = onPopup;
      onPopup = null;
      emit("popupClosed", { button_id: id });
      run?.(id);
    },
  };

  addEventListener("message", (event) => {
    if (event.source !== window.parent || typeof event.data !== "string") return;
    const { eventType, eventData } = parse(event.data) ?? {};
    received[eventType]?.(eventData ?? {});
  });

  setTheme(parse(launch.tgWebAppThemeParams ?? "{}") ?? {});
  setViewport({});
  setInset("safeAreaInset", {});
  setInset("contentSafeAreaInset", {});
  addEventListener("resize", () => framed || setViewport({}));
  /** @type {any} */ (window).Telegram = { WebApp };
  for (const type of ["iframe_ready", "web_app_request_theme", "web_app_request_viewport"]) post(type);
  for (const type of ["web_app_request_safe_area", "web_app_request_content_safe_area"]) post(type);
})();
