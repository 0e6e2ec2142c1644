package io.hightower.kv.statemachine.codec;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an {@link Entry}: one byte format version, then the protobuf message {@code hightower.Entry}.
 *
 * <p>Equal entries have equal bytes.
 */
public final class EntryCodec {
    /** The format version written and the only one read. */
    public static final byte FORMAT_VERSION = 0;

    private static final String WHAT = "log entry";

    private EntryCodec() {}

    /** Encodes an entry. */
    public static Bytes encode(Entry entry) {
        return Bytes.wrap(MessageWriter.encodeVersioned(FORMAT_VERSION, writer -> {
            writer.number(1, entry.logicalTimeMillis());
            for (Command command : entry.commands()) {
                writer.message(2, command.match(COMMAND_BODY));
            }
        }));
    }

    /**
     * Decodes an entry.
     *
     * @throws io.hightower.kv.statemachine.CorruptionException if the bytes are malformed
     * @throws io.hightower.kv.statemachine.FormatException if they are of another version
     */
    public static Entry decode(Bytes encoded) {
        return MessageReader.decodeVersioned(WHAT, FORMAT_VERSION, encoded.toByteArray(), reader -> {
            long logicalTimeMillis = 0;
            List<Command> commands = new ArrayList<>();
            for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
                switch (field) {
                    case 1 -> logicalTimeMillis = reader.number();
                    case 2 -> commands.add(reader.message(EntryCodec::readCommand));
                    default -> throw reader.unknownField();
                }
            }
            return new Entry(logicalTimeMillis, commands);
        });
    }

    private static final Command.Cases<MessageWriter.Body> COMMAND_BODY = new Command.Cases<>() {
        @Override
        public MessageWriter.Body put(Command.Put put) {
            return writer -> writer.message(1, fields -> {
                fields.bytes(1, put.key());
                fields.bytes(2, put.value());
                fields.number(3, put.version());
            });
        }

        @Override
        public MessageWriter.Body delete(Command.Delete delete) {
            return writer -> writer.message(2, fields -> {
                fields.bytes(1, delete.key());
                fields.number(2, delete.version());
            });
        }

        @Override
        public MessageWriter.Body deleteRange(Command.DeleteRange delete) {
            return writer -> writer.message(3, fields -> {
                fields.bytes(1, delete.range().from());
                if (delete.range().until().isPresent()) {
                    fields.presentBytes(2, delete.range().until().get());
                }
            });
        }

        @Override
        public MessageWriter.Body batch(Command.Batch batch) {
            return writer -> writer.message(4, fields -> {
                for (Command command : batch.commands()) {
                    fields.message(1, command.match(this));
                }
            });
        }

        @Override
        public MessageWriter.Body releaseTombstones(Command.ReleaseTombstones release) {
            return writer -> writer.message(5, fields -> {
                fields.number(1, release.throughRevision());
                fields.number(2, release.countMax());
            });
        }
    };

    private static Command readCommand(MessageReader reader) throws IOException {
        return readCommand(reader, true);
    }

    /** Reads a command; a batch inside a batch is refused before it is descended into. */
    private static Command readCommand(MessageReader reader, boolean outermost) throws IOException {
        Command command = null;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            if (command != null) {
                throw reader.malformed("two commands in one");
            }
            if (!outermost && field > 3) {
                throw reader.malformed("field " + field + " inside a batch");
            }
            command = switch (field) {
                case 1 -> reader.message(EntryCodec::readPut);
                case 2 -> reader.message(EntryCodec::readDelete);
                case 3 -> reader.message(EntryCodec::readDeleteRange);
                case 4 -> reader.message(EntryCodec::readBatch);
                case 5 -> reader.message(EntryCodec::readRelease);
                default -> throw reader.unknownField();
            };
        }
        if (command == null) {
            throw reader.malformed("no command");
        }
        return command;
    }

    private static Command readPut(MessageReader reader) throws IOException {
        Bytes key = Bytes.EMPTY;
        Bytes value = Bytes.EMPTY;
        long version = Command.NO_VERSION;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> key = reader.bytes();
                case 2 -> value = reader.bytes();
                case 3 -> version = reader.number();
                default -> throw reader.unknownField();
            }
        }
        return new Command.Put(key, value, version);
    }

    private static Command readDelete(MessageReader reader) throws IOException {
        Bytes key = Bytes.EMPTY;
        long version = Command.NO_VERSION;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> key = reader.bytes();
                case 2 -> version = reader.number();
                default -> throw reader.unknownField();
            }
        }
        return new Command.Delete(key, version);
    }

    private static Command readDeleteRange(MessageReader reader) throws IOException {
        Bytes from = Bytes.EMPTY;
        @Nullable Bytes until = null;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> from = reader.bytes();
                case 2 -> until = reader.bytes();
                default -> throw reader.unknownField();
            }
        }
        return new Command.DeleteRange(until == null ? KeyRange.startingAt(from) : KeyRange.of(from, until));
    }

    private static Command readBatch(MessageReader reader) throws IOException {
        List<Command> commands = new ArrayList<>();
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            if (field != 1) {
                throw reader.unknownField();
            }
            commands.add(reader.message(inner -> readCommand(inner, false)));
        }
        return new Command.Batch(commands);
    }

    private static Command readRelease(MessageReader reader) throws IOException {
        long throughRevision = 0;
        int countMax = 0;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> throughRevision = reader.number();
                case 2 -> countMax = reader.smallNumber();
                default -> throw reader.unknownField();
            }
        }
        return new Command.ReleaseTombstones(throughRevision, countMax);
    }
}
