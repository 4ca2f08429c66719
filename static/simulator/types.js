// @ts-check
/**
 * What the control API says, as the page sees it.
 *
 * @typedef {{ id: number, is_bot: boolean, first_name: string, last_name?: string, username?: string }} User
 * @typedef {User & { language_code?: string, role: string, state: string }} Person
 * @typedef {{ offset: number, length: number, type: string, url?: string, language?: string }} Entity
 * @typedef {{ text: string, callback_data?: string, url?: string, web_app?: { url: string }, copy_text?: { text: string } }} Button
 * @typedef {{ file_id: string, file_size?: number, file_name?: string, mime_type?: string, duration?: number, width?: number, height?: number }} FileInfo
 * @typedef {{ latitude: number, longitude: number }} Place
 * @typedef {{ sender_user?: User, sender_user_name?: string, chat?: { title?: string } }} Origin
 * @typedef {{
 *   message_id: number, from: User, chat: { id: number }, date: number, edit_date?: number, revision: number, deleted?: boolean,
 *   text?: string, entities?: Entity[], caption?: string, caption_entities?: Entity[], media_group_id?: string, business_connection_id?: string,
 *   photo?: FileInfo[], document?: FileInfo, voice?: FileInfo, audio?: FileInfo, video?: FileInfo, animation?: FileInfo,
 *   video_note?: FileInfo, sticker?: FileInfo & { emoji?: string }, location?: Place,
 *   contact?: { phone_number: string, first_name: string, last_name?: string },
 *   reply_to_message?: Message, external_reply?: { origin: Origin }, quote?: { text: string },
 *   forward_origin?: Origin, dice?: { emoji: string, value: number },
 *   reply_markup?: { inline_keyboard?: Button[][] }, reactions?: Record<string, string>,
 * }} Message
 * @typedef {{ text: string, request_contact?: boolean, request_location?: boolean, web_app?: { url: string } }} KeyboardButton
 * @typedef {{ id: number, type: string, state: string, title?: string, keyboard?: { keyboard?: KeyboardButton[][], one_time_keyboard?: boolean, input_field_placeholder?: string } | null }} Chat
 * @typedef {{ command: string, description: string }} Command
 * @typedef {{ type: string, text?: string, web_app?: { url: string } }} MenuButton
 * @typedef {{ kind: string, chat_id: number, at: number, action?: string, user_id?: number, query?: string, text?: string, alert?: boolean, url?: string }} Notice
 * @typedef {{ id: number, chats: Chat[], messages: Message[], commands: Command[], menu_button: MenuButton, notices: Notice[], accounts: Account[] }} PersonChanges
 * @typedef {{ id: string, owner: number, name: string, is_enabled: boolean }} Account
 * @typedef {{ id: number, kind: string, methods: string[], times: number | null }} Fault
 * @typedef {{
 *   bot: User, desk_url: string, people: Person[], faults: Fault[], fault_kinds: Record<string, string>,
 *   pending_updates: number, themes: Record<string, Record<string, string>>, revision: number,
 * }} State
 */
export {};
