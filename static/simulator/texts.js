// @ts-check
/** The page's words in both languages. */

const ENGLISH = {
  title: "Simulated Telegram",
  language: "Русский",
  theme: "Theme",
  add: "Add a person",
  troubles: "Troubles",
  troubles_hint: "What Telegram does to the bot until you switch it off. Restarting the simulator clears them.",
  pending: "Updates waiting for the bot",
  outage: "Telegram is away",
  too_many_requests: "Too many requests (429)",
  server_error: "Server error (502)",
  slow: "Slow answers (5 s)",
  drop_after: "Answers get lost after the call took effect",
  drop_before: "Calls get lost before they take effect",
  duplicate_updates: "Every update comes twice",
  close: "Close",
  cancel: "Cancel",
  ok: "OK",
  remove_pane: "Close this person",
  choose: "Choose a person",
  customer: "customer",
  agent: "agent",
  manager: "manager",
  admin: "administrator",
  bot: "bot",
  typing: "typing…",
  upload: "sending a file…",
  menu: "Menu",
  more: "More",
  message: "Message",
  send: "Send",
  save: "Save",
  attach: "Attach",
  attach_photo: "Photo",
  attach_document: "Document",
  attach_contact: "My contact",
  attach_location: "My location",
  start: "Start",
  restart: "Unblock",
  deactivated: "This account no longer exists.",
  empty: "No messages here yet",
  empty_hint: "Press Start or write something: the bot answers here.",
  block: "Block the bot",
  unblock: "Unblock the bot",
  open_app: "Open the Mini App",
  reply: "Reply",
  edit: "Edit",
  remove: "Delete",
  copy: "Copy text",
  copied: "Copied",
  edited: "edited",
  you: "You",
  forwarded: "Forwarded from",
  photo: "Photo",
  document: "Document",
  voice: "Voice message",
  audio: "Audio",
  video: "Video",
  sticker: "Sticker",
  contact: "Contact",
  location: "Location",
  unsupported: "not drawn here",
  today: "Today",
  yesterday: "Yesterday",
  editing: "Edit the message",
  replying: "Reply to",
  back: "Back",
  reload: "Reload",
  wide: "Desktop width",
  narrow: "Phone width",
  to_dark: "Dark theme",
  to_light: "Light theme",
  new_tab: "Open in a tab of its own",
  app_title: "Mini App",
  close_sure: "Changes may not have been saved. Close?",
  share_contact: "Share your phone number with the bot?",
  share: "Share",
  outside_link: "That link leads out of the simulator:",
  failed: "That did not work",
  unreachable: "The simulator does not answer. Trying again…",
  drop_here: "Drop to send",
  too_large: "Files larger than 20 MB reach the bot, but the bot cannot fetch them.",
  commands: "Commands",
  account: "a company's own account",
  connect_account: "Connect my account to the bot",
  disconnect_account: "Take my account from the bot",
  reactions: "Reactions",
};

/** @type {typeof ENGLISH} */
const RUSSIAN = {
  title: "Симулятор Telegram",
  language: "English",
  theme: "Тема",
  add: "Добавить человека",
  troubles: "Неполадки",
  troubles_hint: "Что Telegram делает с ботом, пока вы это не выключите. Перезапуск симулятора выключает всё.",
  pending: "Обновлений ждёт бота",
  outage: "Telegram недоступен",
  too_many_requests: "Слишком много запросов (429)",
  server_error: "Ошибка сервера (502)",
  slow: "Медленные ответы (5 с)",
  drop_after: "Ответы теряются после выполнения",
  drop_before: "Вызовы теряются до выполнения",
  duplicate_updates: "Каждое обновление приходит дважды",
  close: "Закрыть",
  cancel: "Отмена",
  ok: "ОК",
  remove_pane: "Закрыть этого человека",
  choose: "Выберите человека",
  customer: "клиент",
  agent: "агент",
  manager: "руководитель",
  admin: "администратор",
  bot: "бот",
  typing: "печатает…",
  upload: "отправляет файл…",
  menu: "Меню",
  more: "Ещё",
  message: "Сообщение",
  send: "Отправить",
  save: "Сохранить",
  attach: "Прикрепить",
  attach_photo: "Фото",
  attach_document: "Документ",
  attach_contact: "Мой контакт",
  attach_location: "Моё местоположение",
  start: "Начать",
  restart: "Разблокировать",
  deactivated: "Этого аккаунта больше нет.",
  empty: "Здесь пока нет сообщений",
  empty_hint: "Нажмите «Начать» или напишите что-нибудь: бот ответит здесь.",
  block: "Заблокировать бота",
  unblock: "Разблокировать бота",
  open_app: "Открыть приложение",
  reply: "Ответить",
  edit: "Изменить",
  remove: "Удалить",
  copy: "Скопировать текст",
  copied: "Скопировано",
  edited: "изменено",
  you: "Вы",
  forwarded: "Переслано от",
  photo: "Фото",
  document: "Документ",
  voice: "Голосовое сообщение",
  audio: "Аудио",
  video: "Видео",
  sticker: "Стикер",
  contact: "Контакт",
  location: "Местоположение",
  unsupported: "здесь не показывается",
  today: "Сегодня",
  yesterday: "Вчера",
  editing: "Изменение сообщения",
  replying: "Ответ на сообщение:",
  back: "Назад",
  reload: "Обновить",
  wide: "Ширина компьютера",
  narrow: "Ширина телефона",
  to_dark: "Тёмная тема",
  to_light: "Светлая тема",
  new_tab: "Открыть в отдельной вкладке",
  app_title: "Приложение",
  close_sure: "Изменения могут не сохраниться. Закрыть?",
  share_contact: "Отправить боту ваш номер телефона?",
  share: "Отправить",
  outside_link: "Эта ссылка ведёт за пределы симулятора:",
  failed: "Не получилось",
  unreachable: "Симулятор не отвечает. Пробуем снова…",
  drop_here: "Отпустите, чтобы отправить",
  too_large: "Файлы больше 20 МБ доходят до бота, но скачать их он не может.",
  commands: "Команды",
  account: "собственный аккаунт компании",
  connect_account: "Подключить мой аккаунт к боту",
  disconnect_account: "Отключить мой аккаунт от бота",
  reactions: "Реакции",
};

/** @typedef {keyof typeof ENGLISH} Key */

const STORED = "simulator.language";
const LANGUAGES = { en: ENGLISH, ru: RUSSIAN };

/** @returns {"en" | "ru"} */
function readLanguage() {
  const wanted = localStorage.getItem(STORED) ?? navigator.language.slice(0, 2);
  return wanted === "en" ? "en" : "ru";
}

export const language = readLanguage();

/** @param {Key} key */
export const t = (key) => LANGUAGES[language][key];

/** Where a name may be none of ours. @param {string} key */
export const named = (key) => (key in ENGLISH ? t(/** @type {Key} */ (key)) : key);

/** The page starts again in the other language. */
export function switchLanguage() {
  localStorage.setItem(STORED, language === "ru" ? "en" : "ru");
  location.reload();
}

const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const date = new Intl.DateTimeFormat(language, { day: "numeric", month: "long" });

/** @param {number} seconds */
export const timeOf = (seconds) => clock.format(seconds * 1000);

/** @param {number} seconds */
export function dayOf(seconds) {
  const days = (/** @type {Date} */ day) => Math.floor((day.getTime() - day.getTimezoneOffset() * 60_000) / 86_400_000);
  const ago = days(new Date()) - days(new Date(seconds * 1000));
  if (ago === 0) return t("today");
  return ago === 1 ? t("yesterday") : date.format(seconds * 1000);
}

/** @param {number} bytes */
export function sizeOf(bytes) {
  const units = language === "ru" ? ["Б", "КБ", "МБ"] : ["B", "KB", "MB"];
  const power = bytes < 1024 ? 0 : bytes < 1024 ** 2 ? 1 : 2;
  return `${(bytes / 1024 ** power).toLocaleString(language, { maximumFractionDigits: power ? 1 : 0 })} ${
    units[power]
  }`;
}
