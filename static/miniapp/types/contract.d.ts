/** What the API and the socket say, as the modules see it (docs/api.md). Ambient: nothing here is loaded. */
declare namespace Desk {
    type Role = "customer" | "agent" | "manager" | "admin";
    type Status = "new" | "open" | "pending" | "resolved" | "closed";

    interface Person {
        id: string;
        name: string;
        role: Role;
    }

    /** Somebody of the staff, as `users/` tells of them. */
    interface Colleague extends Person {
        availability: "available" | "away";
        is_active: boolean;
    }

    /** What one of the staff wrote down about a customer; `saving`: on its way. */
    interface PersonNote {
        id: string;
        author: Person | null;
        text: string;
        created_at: string;
        saving?: boolean;
    }

    /** A customer, as `users/<id>/card/` tells of them. */
    interface CustomerCard {
        person: Person & { username: string; phone: string; language: string; is_active: boolean };
        /** Why nothing reaches them; empty where all is well. */
        unreachable: string;
        /** They have Telegram, and nothing says that it does not reach them. */
        reachable: boolean;
        counts: { total: number; active: number };
        ratings: { count: number; average: number | null };
        tickets: Ticket[];
        notes: PersonNote[];
    }

    interface Category {
        id: string;
        names: Record<string, string>;
        name?: string;
    }

    interface LastMessage {
        id: string;
        author: Person | null;
        kind: string;
        text: string;
        internal: boolean;
        created_at: string;
        deleted_at: string | null;
    }

    interface Rating {
        score: number;
        comment: string;
        rated_at: string;
        /** Null: it was resolved anew since, and is rated anew. */
        changeable_until: string | null;
    }

    /** Where a search found its words: `ranges` are [begin, end) in `text`. */
    interface Match {
        message: string;
        sequence: number;
        text: string;
        ranges: [number, number][];
    }

    interface TicketLink {
        id: string;
        number: number;
    }

    interface Ticket {
        id: string;
        number: number;
        subject: string;
        status: Status;
        priority?: string;
        category: Category | null;
        tags?: string[];
        customer: Person;
        assignee: Person | null;
        team?: { id: string; name: string } | null;
        /** Through which door it came; "business" is a company's own Telegram account. */
        source: string;
        /** Staff only: why nothing reaches the customer; empty where all is well. */
        unreachable?: string;
        waiting_since?: string | null;
        /** Staff only: until when it must be answered, where the desk has promised that. */
        sla?: { due_at: string | null } | null;
        /** Staff only: put aside until then. */
        snoozed_until?: string | null;
        rating: Rating | null;
        merged_into?: TicketLink | null;
        merged_from?: TicketLink[];
        sequence: number;
        last_message: LastMessage | null;
        created_at: string;
        updated_at: string;
        /** In answers of the API; of frames, in those alone that tell what was missed. */
        unread?: number;
        read_sequence?: number;
        /** Only in answers of a search. */
        match?: Match | null;
    }

    interface Attachment {
        id: string;
        name: string;
        content_type: string;
        size: number;
        width: number | null;
        height: number | null;
        duration: number | null;
        state: "pending" | "ready" | "failed";
        url: string;
        thumbnail_url: string | null;
        /** Why it could not be fetched, where its state is "failed". */
        reason?: string;
    }

    interface Delivery {
        state: "queued" | "sent" | "failed" | "blocked";
        reason: string;
        ambiguous: boolean;
        seen_at: string | null;
    }

    interface Entity {
        type: string;
        offset: number;
        length: number;
        url?: string;
        language?: string;
    }

    interface Message {
        id: string;
        ticket: string;
        author: Person | null;
        kind: string;
        text: string;
        entities?: Entity[];
        /** What a kind carries besides text and files (docs/api.md). */
        // deno-lint-ignore no-explicit-any
        content?: Record<string, any>;
        forwarded_from?: { type: string; name: string; date: string } | null;
        internal: boolean;
        attachments: Attachment[];
        reply_to: string | null;
        sequence: number;
        delivery: Delivery | null;
        reactions: { emoji: string; person: string; side: "customer" | "staff" }[];
        edited_at: string | null;
        /** Staff only: the customer changed it after somebody had answered. */
        edited_after_answer?: boolean;
        deleted_at: string | null;
        created_at: string;
    }

    /** What was changed of a ticket besides writing, in the reader's words. */
    interface Change {
        sequence: number;
        type: string;
        actor: Person | null;
        text: string;
        /** of a ticket that was put aside */
        until: string | null;
        created_at: string;
    }

    /** What this person should know; the text is in their language. */
    interface Notification {
        id: string;
        kind: string;
        ticket: TicketLink & { subject: string };
        text: string;
        /** how many messages of the ticket it stands for */
        count: number;
        read_at: string | null;
        created_at: string;
    }

    interface SavedReply {
        id: string;
        title: string;
        shortcut: string;
        text: string;
        /** For the ticket that was asked about; `unresolved` names the variables that stand as they were. */
        filled: { text: string; unresolved: string[] } | null;
        files: Attachment[];
        /** The files, as those of a message that is being written. */
        pick: () => JobFile[];
    }

    interface Me {
        id: string;
        name: string;
        role: Role;
        language: string;
        availability?: "available" | "away";
        team?: { id: string; name: string } | null;
        /** Which ways of being told one wants, by their names; what is not there is wanted. */
        preferences?: Record<string, boolean>;
    }

    interface Config {
        version: string;
        bot_username: string;
        categories: Category[];
        limits: { text: number; subject: number; files_per_message: number; file_size: number };
        /** When it opens where it is closed, then closes, then opens again; within: seconds from now, or from opens_at, where enough is known. */
        expected_answer?: {
            open: boolean;
            opens_at: string | null;
            closes_at: string | null;
            reopens_at: string | null;
            within: number | null;
        };
    }

    interface Page<T> {
        results: T[];
        next: string | null;
        previous?: string | null;
        sequence?: number;
        /** Of an earlier time (milliseconds): it was kept from before. */
        at?: number;
    }

    interface SignIn {
        access: string;
        refresh: string;
        user: Me;
        socket_ticket: string;
        files_token: string;
        server_time: string;
        config: Config;
        tickets: Page<Ticket>;
        ticket: Ticket | null;
    }

    /** A frame of the socket. Events carry `ticket`, `sequence` and `data`; the others what their type says. */
    interface Frame {
        type: string;
        ticket?: string;
        sequence?: number;
        // deno-lint-ignore no-explicit-any
        data?: any;
        /** notifications that wait to be read, this one among them */
        unread?: number;
        code?: string;
        message?: string;
    }

    interface Event extends Frame {
        ticket: string;
        sequence: number;
    }

    /** A message that this client sends: kept until the server has it. */
    interface Job {
        id: string;
        /** The page that sends it (data/other-tabs.js). */
        page?: string;
        ticket: string;
        text: string;
        internal: boolean;
        reply_to: string | null;
        /** The last sequence its author had seen when the text was begun; null sends it whatever came since. */
        expected_sequence: number | null;
        /** The colleague's answer that was faster. */
        faster?: string;
        files: JobFile[];
        created_at: string;
        state: "queued" | "uploading" | "sending" | "failed";
        tries: number;
        error: string;
        /** Until then it waits, so that it can be called back (milliseconds). */
        due?: number;
        /** What its ticket becomes once it has arrived, unless it went into another one. */
        afterwards?: { ticket: string; status: Status };
        /** It failed because the server was away, or the sign-in had ended. */
        passing?: boolean;
    }

    /** `attachment` is there once uploaded; `file` only in the page that picked it. */
    interface JobFile {
        key: string;
        name: string;
        size: number;
        content_type: string;
        file: File | null;
        attachment: Attachment | null;
        progress: number;
        preview: string;
        /** A saved reply's file, of which the message gets a copy. */
        saved?: string;
        /** What the message is, where that is more than its file. */
        kind?: "voice";
        /** Seconds, of what was recorded here. */
        duration?: number;
    }

    /** A row of the conversation: a confirmed message, or a job that looks like one. */
    interface Entry {
        message: Message;
        job: Job | null;
    }

    interface Boot {
        api: string;
        socket: string;
        root: string;
        version: string;
        language: string;
        languages: string[];
    }
}
