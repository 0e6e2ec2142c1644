package io.hightower.kv.statemachine.state;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.SessionRecord;
import io.hightower.kv.statemachine.codec.SessionCodec;
import java.util.List;
import java.util.Optional;

/**
 * Opens and ends sessions, and sees to it that each of their commands is applied once at most. A session that has expired by
 * the time of the entry counts as gone, though its record may still be there. <b>Confined to the apply thread.</b>
 */
final class SessionApplication {
    /** The time-to-live in the answer to a closing. */
    private static final long CLOSED = 0;

    private final EntryEdit edit;
    private final EntryApplication commands;

    /** Has the commands inside of sessions applied by {@code commands}. */
    SessionApplication(EntryEdit edit, EntryApplication commands) {
        this.edit = edit;
        this.commands = commands;
    }

    Result open(Command.OpenSession command) {
        Sessions sessions = Sessions.of(edit.system());
        if (sessions.find(command.id()).isPresent()) {
            return edit.refused(Refusal.SESSION_EXISTS);
        }
        if (sessions.count() >= SessionRecord.COUNT_MAX) {
            return edit.refused(Refusal.TOO_MANY_SESSIONS);
        }
        keep(SessionRecord.beginning(command.id(), command.ttlMillis(), edit.nowMillis()));
        return new Result.SessionResult(edit.settle(), command.id(), command.ttlMillis());
    }

    Result close(Command.CloseSession command) {
        if (living(command.id()).isEmpty()) {
            return edit.refused(Refusal.SESSION_EXPIRED);
        }
        edit.system(Sessions.without(edit.system(), command.id()));
        return new Result.SessionResult(edit.settle(), command.id(), CLOSED);
    }

    Result apply(Command.InSession command) {
        Optional<SessionRecord> living = living(command.session());
        if (living.isEmpty()) {
            return edit.refused(Refusal.SESSION_EXPIRED);
        }
        SessionRecord session = living.get();
        if (command.sequence() == session.sequence() + 1) {
            Result result = commands.apply(command.command());
            keep(session.answered(edit.nowMillis(), SessionCodec.encodeAnswer(result)));
            return result;
        }
        if (command.sequence() == session.sequence()) {
            return repeat(session);
        }
        return edit.refused(
                command.sequence() < session.sequence()
                        ? Refusal.SESSION_SEQUENCE_PASSED
                        : Refusal.SESSION_SEQUENCE_AHEAD);
    }

    private Result repeat(SessionRecord session) {
        keep(session.usedAt(edit.nowMillis()));
        return session.answer().isEmpty()
                ? edit.refused(Refusal.SESSION_ANSWER_NOT_KEPT)
                : SessionCodec.decodeAnswer(session.answer());
    }

    Result expire(Command.ExpireSessions command) {
        // One more than allowed is asked for, only to learn whether there is more.
        int askedFor = command.countMax() == Integer.MAX_VALUE ? command.countMax() : command.countMax() + 1;
        List<Long> expired = Sessions.of(edit.system()).expired(edit.nowMillis(), askedFor);
        int forgotten = Math.min(expired.size(), command.countMax());
        for (long id : expired.subList(0, forgotten)) {
            edit.system(Sessions.without(edit.system(), id));
        }
        return new Result.ReleaseResult(edit.settle(), forgotten, expired.size() > forgotten);
    }

    private void keep(SessionRecord session) {
        edit.system(Sessions.with(edit.system(), session));
    }

    private Optional<SessionRecord> living(long id) {
        return Sessions.of(edit.system()).find(id).filter(session -> !session.isExpired(edit.nowMillis()));
    }
}
