package io.hightower.kv.statemachine.codec;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.SystemWrite;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Reads messages {@code hightower.Command}. Thread-safe: there is no state. */
final class CommandReader {
    private CommandReader() {}

    /** Inside a batch stand puts, deletes and range deletes. */
    private static final int FIELD_IN_BATCH_MAX = 3;

    /** Inside a session stands no command of a session. */
    private static final int FIELD_IN_SESSION_MAX = 13;

    static Command readCommand(MessageReader reader) throws IOException {
        return readCommand(reader, Integer.MAX_VALUE);
    }

    /** Reads a command; what may not stand inside another one is refused before it is descended into. */
    private static Command readCommand(MessageReader reader, int fieldMax) throws IOException {
        Command command = null;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            if (command != null) {
                throw reader.malformed("two commands in one");
            }
            if (field > fieldMax) {
                throw reader.malformed(
                        "field " + field + " inside a " + (fieldMax == FIELD_IN_BATCH_MAX ? "batch" : "session"));
            }
            command = readKind(reader, field);
        }
        if (command == null) {
            throw reader.malformed("no command");
        }
        return command;
    }

    private static Command readKind(MessageReader reader, int field) throws IOException {
        return switch (field) {
            case 1 -> reader.message(CommandReader::readPut);
            case 2 -> reader.message(CommandReader::readDelete);
            case 3 -> reader.message(CommandReader::readDeleteRange);
            case 4 -> reader.message(CommandReader::readBatch);
            case 5 -> reader.message(CommandReader::readRelease);
            case 6 -> reader.message(TxnCodec::readTxn);
            case 7 -> readNumber(reader, Command.Compact::new);
            case 8 -> readNumbers(reader, Command.GrantLease::new);
            case 9 -> readNumber(reader, Command.RevokeLease::new);
            case 10 -> readNumber(reader, Command.RenewLease::new);
            case 11 -> readNumber(reader, Command.ExpireLease::new);
            case 12 -> reader.message(CommandReader::readAdvance);
            case 13 -> reader.message(CommandReader::readWriteSystem);
            case 14 -> readNumbers(reader, Command.OpenSession::new);
            case 15 -> reader.message(CommandReader::readInSession);
            case 16 -> readNumber(reader, Command.CloseSession::new);
            case 17 -> reader.message(CommandReader::readExpireSessions);
            default -> throw reader.unknownField();
        };
    }

    static Command.Put readPut(MessageReader reader) throws IOException {
        Bytes key = Bytes.EMPTY;
        Bytes value = Bytes.EMPTY;
        long version = Command.NO_VERSION;
        long lease = KeyRecord.NO_LEASE;
        boolean previous = false;
        boolean ignoreValue = false;
        boolean ignoreLease = false;
        boolean plain = true;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> key = reader.bytes();
                case 2 -> value = reader.bytes();
                case 3 -> version = reader.number();
                case 4 -> lease = reader.number();
                case 5 -> previous = reader.flag();
                case 6 -> ignoreValue = reader.flag();
                case 7 -> ignoreLease = reader.flag();
                default -> throw reader.unknownField();
            }
            plain &= field <= 3;
        }
        PutOptions options = plain ? PutOptions.NONE : new PutOptions(lease, previous, ignoreValue, ignoreLease);
        return new Command.Put(key, value, version, options);
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

    static Command.DeleteRange readDeleteRange(MessageReader reader) throws IOException {
        Bytes from = Bytes.EMPTY;
        @Nullable Bytes until = null;
        boolean previous = false;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> from = reader.bytes();
                case 2 -> until = reader.bytes();
                case 3 -> previous = reader.flag();
                default -> throw reader.unknownField();
            }
        }
        return new Command.DeleteRange(range(from, until), previous);
    }

    /** Makes a range of the two fields that stand for one. */
    static KeyRange range(Bytes from, @Nullable Bytes until) {
        return until == null ? KeyRange.startingAt(from) : KeyRange.of(from, until);
    }

    private static Command readBatch(MessageReader reader) throws IOException {
        List<Command> commands = new ArrayList<>();
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            if (field != 1) {
                throw reader.unknownField();
            }
            commands.add(reader.message(inner -> readCommand(inner, FIELD_IN_BATCH_MAX)));
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

    private static Command readInSession(MessageReader reader) throws IOException {
        long session = 0;
        long sequence = 0;
        @Nullable Command command = null;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> session = reader.number();
                case 2 -> sequence = reader.number();
                case 3 -> {
                    if (command != null) {
                        throw reader.malformed("field 3 twice");
                    }
                    command = reader.message(inner -> readCommand(inner, FIELD_IN_SESSION_MAX));
                }
                default -> throw reader.unknownField();
            }
        }
        if (command == null) {
            throw reader.malformed("no command in a session");
        }
        return new Command.InSession(session, sequence, command);
    }

    private static Command readExpireSessions(MessageReader reader) throws IOException {
        int countMax = 0;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            if (field != 1) {
                throw reader.unknownField();
            }
            countMax = reader.smallNumber();
        }
        return new Command.ExpireSessions(countMax);
    }

    private static Command readAdvance(MessageReader reader) throws IOException {
        if (reader.nextField() != 0) {
            throw reader.unknownField();
        }
        return new Command.AdvanceTime();
    }

    private static Command readWriteSystem(MessageReader reader) throws IOException {
        List<SystemWrite> writes = new ArrayList<>();
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            if (field != 1) {
                throw reader.unknownField();
            }
            writes.add(reader.message(CommandReader::readSystemWrite));
        }
        return new Command.WriteSystem(writes);
    }

    private static SystemWrite readSystemWrite(MessageReader reader) throws IOException {
        Bytes key = Bytes.EMPTY;
        @Nullable Bytes value = null;
        long expected = SystemWrite.ANY;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> key = reader.bytes();
                case 2 -> value = reader.bytes();
                case 3 -> {
                    expected = reader.number();
                    if (expected < 0) {
                        throw reader.malformed("expected revision " + Long.toUnsignedString(expected));
                    }
                }
                default -> throw reader.unknownField();
            }
        }
        return new SystemWrite(key, value == null, value == null ? Bytes.EMPTY : value, expected);
    }

    /** Reads a message whose only field is a number. */
    private static Command readNumber(MessageReader reader, LongFunction<Command> command) throws IOException {
        return reader.message(inner -> {
            long number = 0;
            for (int field = inner.nextField(); field != 0; field = inner.nextField()) {
                if (field != 1) {
                    throw inner.unknownField();
                }
                number = inner.number();
            }
            return command.apply(number);
        });
    }

    /** Makes a command of two numbers. */
    private interface OfTwoNumbers {
        Command of(long first, long second);
    }

    /** Reads a message whose fields are two numbers. */
    private static Command readNumbers(MessageReader reader, OfTwoNumbers command) throws IOException {
        return reader.message(inner -> {
            long[] numbers = new long[2];
            for (int field = inner.nextField(); field != 0; field = inner.nextField()) {
                if (field > numbers.length) {
                    throw inner.unknownField();
                }
                numbers[field - 1] = inner.number();
            }
            return command.of(numbers[0], numbers[1]);
        });
    }
}
