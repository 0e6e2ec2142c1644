package io.hightower.kv.statemachine.state;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.SystemWrite;
import java.util.List;
import java.util.Optional;

/** Commands that move no revision: they let go of what is old, and write the system key space. <b>Confined to the apply thread.</b> */
final class Upkeep {
    private final EntryEdit edit;

    Upkeep(EntryEdit edit) {
        this.edit = edit;
    }

    Result releaseTombstones(Command.ReleaseTombstones release) {
        // One more than allowed is asked for, only to learn whether there is more.
        int askedFor = release.countMax() == Integer.MAX_VALUE ? release.countMax() : release.countMax() + 1;
        List<KeyRecord> oldest = edit.tombstones(release.throughRevision(), askedFor);
        boolean more = oldest.size() > release.countMax();
        int released = Math.min(oldest.size(), release.countMax());
        for (KeyRecord tombstone : oldest.subList(0, released)) {
            edit.erase(tombstone);
        }
        if (!more) {
            edit.releasedThrough(release.throughRevision());
        }
        return new Result.ReleaseResult(edit.settle(), released, more);
    }

    Result compact(Command.Compact command) {
        long compacted = edit.compactRevision();
        boolean nothingYet = compacted == 0 && command.revision() == 0;
        if (command.revision() <= compacted && !nothingYet) {
            return edit.refused(Refusal.COMPACTED);
        }
        if (command.revision() > edit.revision()) {
            return edit.refused(Refusal.FUTURE_REVISION);
        }
        edit.compactRevision(command.revision());
        return new Result.CompactResult(edit.settle(), command.revision());
    }

    Result advanceTime() {
        return new Result.TimeResult(edit.settle(), edit.nowMillis());
    }

    Result writeSystem(Command.WriteSystem command) {
        SystemRecords system = edit.system();
        for (SystemWrite write : command.writes()) {
            if (!isExpected(system, write)) {
                return new Result.SystemResult(edit.settle(), false, system.revision());
            }
        }
        for (SystemWrite write : command.writes()) {
            system = write.removal() ? system.without(write.key()) : system.with(write.key(), write.value());
        }
        edit.system(system);
        return new Result.SystemResult(edit.settle(), true, system.revision());
    }

    private static boolean isExpected(SystemRecords system, SystemWrite write) {
        if (write.expectedRevision() == SystemWrite.ANY) {
            return true;
        }
        Optional<SystemRecord> stored = system.get(write.key());
        long revision = stored.isPresent() ? stored.get().modRevision() : SystemWrite.ABSENT;
        return revision == write.expectedRevision();
    }
}
