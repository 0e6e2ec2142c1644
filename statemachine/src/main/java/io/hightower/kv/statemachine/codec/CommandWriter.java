package io.hightower.kv.statemachine.codec;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.SystemWrite;
import java.io.IOException;

/** Describes commands as messages {@code hightower.Command}. Thread-safe: there is no state. */
final class CommandWriter implements Command.Cases<MessageWriter.Body> {
    static final CommandWriter COMMAND_BODY = new CommandWriter();

    private CommandWriter() {}

    /** Writes the fields of a put. */
    static void write(MessageWriter fields, Command.Put put) throws IOException {
        fields.bytes(1, put.key());
        fields.bytes(2, put.value());
        fields.number(3, put.version());
        PutOptions options = put.options();
        fields.number(4, options.lease());
        fields.flag(5, options.previous());
        fields.flag(6, options.ignoreValue());
        fields.flag(7, options.ignoreLease());
    }

    /** Writes the fields of a range delete. */
    static void write(MessageWriter fields, Command.DeleteRange delete) throws IOException {
        write(fields, delete.range());
        fields.flag(3, delete.previous());
    }

    /** Writes the two fields that stand for a range wherever there is one. */
    static void write(MessageWriter fields, KeyRange range) throws IOException {
        fields.bytes(1, range.from());
        if (range.until().isPresent()) {
            fields.presentBytes(2, range.until().get());
        }
    }

    @Override
    public MessageWriter.Body put(Command.Put put) {
        return writer -> writer.message(1, fields -> write(fields, put));
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
        return writer -> writer.message(3, fields -> write(fields, delete));
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

    @Override
    public MessageWriter.Body txn(Command.Txn txn) {
        return writer -> writer.message(6, fields -> TxnCodec.write(fields, txn));
    }

    @Override
    public MessageWriter.Body compact(Command.Compact command) {
        return number(7, command.revision());
    }

    @Override
    public MessageWriter.Body grantLease(Command.GrantLease command) {
        return writer -> writer.message(8, fields -> {
            fields.number(1, command.id());
            fields.number(2, command.ttlSeconds());
        });
    }

    @Override
    public MessageWriter.Body revokeLease(Command.RevokeLease command) {
        return number(9, command.id());
    }

    @Override
    public MessageWriter.Body renewLease(Command.RenewLease command) {
        return number(10, command.id());
    }

    @Override
    public MessageWriter.Body expireLease(Command.ExpireLease command) {
        return number(11, command.id());
    }

    @Override
    public MessageWriter.Body advanceTime(Command.AdvanceTime command) {
        return writer -> writer.message(12, fields -> {});
    }

    @Override
    public MessageWriter.Body writeSystem(Command.WriteSystem command) {
        return writer -> writer.message(13, fields -> {
            for (SystemWrite write : command.writes()) {
                fields.message(1, inner -> write(inner, write));
            }
        });
    }

    @Override
    public MessageWriter.Body openSession(Command.OpenSession command) {
        return writer -> writer.message(14, fields -> {
            fields.number(1, command.id());
            fields.number(2, command.ttlMillis());
        });
    }

    @Override
    public MessageWriter.Body inSession(Command.InSession command) {
        return writer -> writer.message(15, fields -> {
            fields.number(1, command.session());
            fields.number(2, command.sequence());
            fields.message(3, command.command().match(this));
        });
    }

    @Override
    public MessageWriter.Body closeSession(Command.CloseSession command) {
        return number(16, command.id());
    }

    @Override
    public MessageWriter.Body expireSessions(Command.ExpireSessions command) {
        return number(17, command.countMax());
    }

    private static void write(MessageWriter fields, SystemWrite write) throws IOException {
        fields.bytes(1, write.key());
        if (!write.removal()) {
            fields.presentBytes(2, write.value());
        }
        if (write.expectedRevision() != SystemWrite.ANY) {
            fields.presentNumber(3, write.expectedRevision());
        }
    }

    /** Describes a message whose only field is a number. */
    private static MessageWriter.Body number(int field, long value) {
        return writer -> writer.message(field, fields -> fields.number(1, value));
    }
}
