/** What the views hand to each other. Ambient: nothing here is loaded. */
declare namespace Desk {
    /** A ticket's conversation that is or was open (data/threads.js). */
    interface Conversation {
        id: string;
        thread: import("../data/thread.js").Thread;
        open: boolean;
        /** The address of the next older page. */
        older: string | null;
        loading: boolean;
        loadingOlder: boolean;
        olderError?: import("../data/api.js").ApiError | null;
        error: import("../data/api.js").ApiError | null;
        reads: Map<string, { person: Person; sequence: number }>;
        /** How far this person has read, as far as the desk was told, or is being told. */
        readSent: number;
    }

    /** A copy of a <template>; `refs` are its elements by their data-ref. */
    interface Clone {
        /** Its template. */
        name: string;
        /** What it shows, where drawing the same again can be left out. */
        shown?: unknown[] | null;
        node: HTMLElement;
        // deno-lint-ignore no-explicit-any
        refs: Record<string, any>;
    }

    /** What a conversation's bubbles need to know besides their messages. */
    interface Reader {
        me: string;
        staff: boolean;
        /** How far this person has read. */
        read: number;
        /** How far the other side has read. */
        othersRead: number;
        /** A file's address with the token, for <img>. */
        fileUrl: (url: string) => string;
        /** The same, with a token that has just been made sure of. */
        freshUrl: (url: string) => Promise<string>;
        /** The picked file of an attachment that this page has uploaded itself. */
        previewOf: (attachment: string) => string;
        /** Whether newer messages than these are not shown. */
        more: boolean;
        /** How much of the conversation this person has not read, as far as is known now. */
        unread: () => number | undefined;
        /** Draws the conversation once more: what was missing for it has arrived. */
        redraw: () => unknown;
        /** A message that is quoted and not loaded: undefined until it has been fetched. */
        elsewhere: (id: string) => Message | null | undefined;
    }

    /** A bubble's place among its neighbours. */
    interface Place {
        first: boolean;
        last: boolean;
        quoted: Message | null | undefined;
    }

    interface PickRules {
        most: number;
        largest: number;
        /** What takes a file, and why it cannot; comes with the first one. */
        load: () => Promise<{
            pick: (file: File) => JobFile;
            refusal: (file: File) => Promise<"" | "file_empty" | "file_too_large" | "file_refused">;
        }>;
        onChange: () => void;
        /** What else is drawn of a file: where it is sent while it still stands among the picked ones. */
        draw?: (view: Clone, file: JobFile) => void;
    }

    type ApiError = import("../data/api.js").ApiError;
    type Calm = import("../ui/calm.js").Calm;
    type Composer = import("../ui/composer.js").Composer;
    type Finder = import("../screens/finding.js").Owner;
    type FormFiles = import("../screens/form-files.js").FormFiles;
    type List = import("../data/tickets.js").List;
    type Filters = typeof import("../screens/inbox-filters.js");
    interface Visit {
        conversation: Conversation;
        redraw: () => unknown;
        signal: AbortSignal;
    }
    interface Opening {
        /** The ticket as it was when it was opened. */
        row: Partial<Ticket>;
        /** Whether the divider's place is still to be found; undefined before the first drawing. */
        seeking: boolean | undefined;
        /** The last message that needs not be said. */
        announced: number;
        list: { divideAt: (id: string) => void };
        refs: Clone["refs"];
    }
    type MessageMenus = typeof import("../screens/chat-messages.js");
    type Picker = import("../ui/picker.js").Picker;
    type RowExtras = typeof import("../screens/row-extras.js");
    type SavedReplies = import("../ui/saved-replies.js").SavedReplies;
    type VirtualList = import("../ui/virtual-list.js").VirtualList;
}
