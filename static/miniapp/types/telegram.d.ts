/** The dozen calls of telegram-web-app.js that we use (https://core.telegram.org/bots/webapps). */
interface TelegramWebApp {
    initData: string;
    initDataUnsafe: { start_param?: string; user?: { allows_write_to_pm?: boolean } };
    version: string;
    platform: string;
    colorScheme: "light" | "dark";
    themeParams: Record<string, string>;
    isActive?: boolean;
    isVersionAtLeast(version: string): boolean;
    ready(): void;
    expand(): void;
    onEvent(name: string, handler: () => void): void;
    BackButton?: { show(): void; hide(): void; onClick(handler: () => void): void };
    HapticFeedback?: {
        impactOccurred(style: "light"): void;
        notificationOccurred(type: "error" | "success"): void;
        selectionChanged(): void;
    };
    disableVerticalSwipes?(): void;
    enableVerticalSwipes?(): void;
    enableClosingConfirmation?(): void;
    disableClosingConfirmation?(): void;
    setHeaderColor?(colour: string): void;
    setBackgroundColor?(colour: string): void;
    openTelegramLink?(url: string): void;
    openLink?(url: string): void;
    MainButton?: {
        setParams(params: { text: string; is_visible: boolean; is_active: boolean }): void;
        onClick(handler: () => void): void;
        offClick(handler: () => void): void;
        showProgress(): void;
        hideProgress(): void;
        hide(): void;
    };
    requestWriteAccess?(): void;
    hideKeyboard?(): void;
    downloadFile?(file: { url: string; file_name: string }): void;
}

interface Window {
    Telegram?: { WebApp?: TelegramWebApp };
}
