package io.hightower.kv.statemachine.codec;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of an {@link Entry}: one byte format version, then the protobuf message {@code hightower.Entry}.
 *
 * <p>Equal entries have equal bytes.
 */
public final class EntryCodec {
    /** The format version written and the only one read. */
    public static final byte FORMAT_VERSION = 1;

    private static final String WHAT = "log entry";

    private EntryCodec() {}

    /** Encodes an entry. */
    public static Bytes encode(Entry entry) {
        return Bytes.wrap(MessageWriter.encodeVersioned(FORMAT_VERSION, writer -> {
            writer.number(1, entry.logicalTimeMillis());
            for (Command command : entry.commands()) {
                writer.message(2, command.match(CommandWriter.COMMAND_BODY));
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
                    case 2 -> commands.add(reader.message(CommandReader::readCommand));
                    default -> throw reader.unknownField();
                }
            }
            return new Entry(logicalTimeMillis, commands);
        });
    }
}
