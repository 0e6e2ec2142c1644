package io.hightower.kv.storage.inspect;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.codec.EntryCodec;
import io.hightower.kv.storage.file.Disk;
import io.hightower.kv.storage.log.SegmentScan;

/** Shows a segment of the commit log: its header, and for each entry a line, then a row for each command. */
final class SegmentInspection implements SegmentScan.Visitor {
    private final InspectionText text;
    private final String fileName;

    private SegmentInspection(InspectionText text, String fileName) {
        this.text = text;
        this.fileName = fileName;
    }

    static void show(Disk disk, String fileName, InspectionText text) {
        text.fact("kind", "segment of the commit log");
        SegmentScan.run(disk, fileName, new SegmentInspection(text, fileName));
        text.end("commands");
    }

    @Override
    public void header(Bytes storeId, long firstIndex, long epoch, long fileBytes) {
        text.formatVersion();
        text.fact("store id", storeId);
        text.fact("first index", firstIndex == 0 ? "0, never used" : firstIndex);
        text.fact("epoch", epoch);
    }

    @Override
    public void entry(long offset, long index, long syncedUpTo, Bytes payload) {
        Entry entry;
        try {
            entry = EntryCodec.decode(payload);
        } catch (CorruptionException | FormatException e) {
            text.damage(new CorruptionException(
                    fileName, offset, "commands in entry " + index, String.valueOf(e.getMessage())));
            return;
        }
        text.part("entry " + index + ": offset=" + offset + " bytes=" + payload.length() + " syncedUpTo=" + syncedUpTo
                + " logicalTimeMillis=" + entry.logicalTimeMillis());
        entry.commands().forEach(this::show);
    }

    private void show(Command command) {
        text.row(command.match(new CommandFields()));
    }

    @Override
    public void mark(long offset, long lastIndex, long syncedUpTo) {
        text.fact("mark", "offset=" + offset + " lastIndex=" + lastIndex + " syncedUpTo=" + syncedUpTo);
    }

    @Override
    public void end(long offset, long fileBytes) {
        text.fact(
                "end",
                "offset=" + offset + " without a mark; the " + (fileBytes - offset)
                        + " bytes behind it hold no entry of this segment");
    }

    @Override
    public void damage(CorruptionException damage) {
        text.damage(damage);
    }

    /** The fields of a row. */
    private final class CommandFields implements Command.Cases<String[]> {
        @Override
        public String[] put(Command.Put put) {
            return new String[] {"put", "write=" + put.version(), text.key(put.key()), text.value(put.value())};
        }

        @Override
        public String[] delete(Command.Delete delete) {
            return new String[] {"delete", "write=" + delete.version(), text.key(delete.key())};
        }

        @Override
        public String[] deleteRange(Command.DeleteRange range) {
            return new String[] {"delete range", text.key(range.range().from()), until(range.range())};
        }

        private String until(KeyRange range) {
            return range.until().map(text::key).orElse("");
        }

        @Override
        public String[] batch(Command.Batch batch) {
            StringBuilder names = new StringBuilder();
            for (Command command : batch.commands()) {
                names.append(names.isEmpty() ? "" : "; ").append(String.join(" ", command.match(this)));
            }
            return new String[] {"batch", "commands=" + batch.commands().size(), names.toString()};
        }

        @Override
        public String[] releaseTombstones(Command.ReleaseTombstones release) {
            return new String[] {
                "release tombstones", "throughRevision=" + release.throughRevision(), "countMax=" + release.countMax()
            };
        }

        @Override
        public String[] txn(Command.Txn txn) {
            return new String[] {
                "txn",
                "compares=" + txn.compares().size(),
                "success=" + txn.success().size(),
                "failure=" + txn.failure().size()
            };
        }

        @Override
        public String[] compact(Command.Compact command) {
            return new String[] {"compact", "revision=" + command.revision()};
        }

        @Override
        public String[] grantLease(Command.GrantLease command) {
            return new String[] {"grant lease", "id=" + command.id(), "ttlSeconds=" + command.ttlSeconds()};
        }

        @Override
        public String[] revokeLease(Command.RevokeLease command) {
            return new String[] {"revoke lease", "id=" + command.id()};
        }

        @Override
        public String[] renewLease(Command.RenewLease command) {
            return new String[] {"renew lease", "id=" + command.id()};
        }

        @Override
        public String[] expireLease(Command.ExpireLease command) {
            return new String[] {"expire lease", "id=" + command.id()};
        }

        @Override
        public String[] advanceTime(Command.AdvanceTime command) {
            return new String[] {"advance time"};
        }

        @Override
        public String[] writeSystem(Command.WriteSystem command) {
            return new String[] {"write system", "records=" + command.writes().size()};
        }

        @Override
        public String[] openSession(Command.OpenSession command) {
            return new String[] {"open session", "id=" + command.id(), "ttlMillis=" + command.ttlMillis()};
        }

        @Override
        public String[] inSession(Command.InSession command) {
            return new String[] {
                "in session",
                "id=" + command.session(),
                "sequence=" + command.sequence(),
                String.join(" ", command.command().match(this))
            };
        }

        @Override
        public String[] closeSession(Command.CloseSession command) {
            return new String[] {"close session", "id=" + command.id()};
        }

        @Override
        public String[] expireSessions(Command.ExpireSessions command) {
            return new String[] {"expire sessions", "countMax=" + command.countMax()};
        }
    }
}
