package io.hightower.kv.statemachine.codec;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Reads the fields of protobuf messages strictly: malformed bytes, unknown fields, wrong wire types, fields out of order and
 * fields given twice are refused, because leaving something out of a command would make members differ. <b>Used by one
 * thread at a time.</b>
 */
final class MessageReader {
    /** The longest number takes ten bytes, of which the last has one bit only. */
    private static final int NUMBER_BYTES_MAX = 10;

    private final CodedInputStream in;
    private final byte[] encoded;
    private final int from;
    private final String what;

    /** The tag of the present field; 0 before the first field of a message. */
    private int tag;

    /** Whether the field before the present one, in the same message, had the same number. */
    private boolean again;

    private MessageReader(byte[] encoded, int from, String what) {
        this.in = CodedInputStream.newInstance(encoded, from, encoded.length - from);
        this.encoded = encoded;
        this.from = from;
        this.what = what;
    }

    /** Takes one message apart. */
    interface Fields<T> {
        T readFrom(MessageReader reader) throws IOException;
    }

    /**
     * Decodes a message.
     *
     * @param what names the bytes in errors
     */
    static <T> T decode(String what, byte[] encoded, int from, Fields<T> fields) {
        MessageReader reader = new MessageReader(encoded, from, what);
        try {
            return fields.readFrom(reader);
        } catch (InvalidProtocolBufferException e) {
            throw reader.malformed(String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw reader.malformed(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException("Reading from memory failed", e);
        }
    }

    /** Decodes a message behind a version byte, and refuses every version but {@code version}. */
    static <T> T decodeVersioned(String what, byte version, byte[] encoded, Fields<T> fields) {
        if (encoded.length == 0) {
            throw new CorruptionException(what, 0, "a format version", "no bytes");
        }
        if (encoded[0] != version) {
            throw new FormatException(
                    what, "format version " + (encoded[0] & 0xff), "format version " + (version & 0xff));
        }
        return decode(what, encoded, 1, fields);
    }

    /** Moves to the next field and returns its number; 0 at the end of the message. */
    int nextField() throws IOException {
        int before = WireFormat.getTagFieldNumber(tag);
        tag = in.readTag();
        int field = WireFormat.getTagFieldNumber(tag);
        if (field != 0 && field < before) {
            throw malformed("field " + field + " behind field " + before);
        }
        again = field == before;
        return field;
    }

    long number() throws IOException {
        requireType(WireFormat.WIRETYPE_VARINT);
        requireOnce();
        int before = in.getTotalBytesRead();
        long value = in.readUInt64();
        int after = in.getTotalBytesRead();
        if (after - before == NUMBER_BYTES_MAX && encoded[from + after - 1] != 1) {
            throw malformed("a number of more than 64 bits");
        }
        return value;
    }

    int smallNumber() throws IOException {
        long value = number();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw malformed("number " + Long.toUnsignedString(value));
        }
        return (int) value;
    }

    long fixed() throws IOException {
        requireType(WireFormat.WIRETYPE_FIXED64);
        requireOnce();
        return in.readFixed64();
    }

    boolean flag() throws IOException {
        long value = number();
        if (value != 0 && value != 1) {
            throw malformed("flag " + Long.toUnsignedString(value));
        }
        return value == 1;
    }

    Bytes bytes() throws IOException {
        requireType(WireFormat.WIRETYPE_LENGTH_DELIMITED);
        requireOnce();
        return Bytes.wrap(in.readByteArray());
    }

    <T> T message(Fields<T> fields) throws IOException {
        requireType(WireFormat.WIRETYPE_LENGTH_DELIMITED);
        int outer = in.pushLimit(in.readRawVarint32());
        int outerTag = tag;
        tag = 0;
        T read = fields.readFrom(this);
        if (!in.isAtEnd()) {
            throw malformed("bytes behind a message");
        }
        in.popLimit(outer);
        tag = outerTag;
        return read;
    }

    /** Returns the error for a field that the message does not have. */
    FormatException unknownField() {
        return new FormatException(
                what, "field " + WireFormat.getTagFieldNumber(tag), "the fields of format version 1");
    }

    /** Returns the error for bytes that no encoder writes. */
    CorruptionException malformed(String found) {
        return new CorruptionException(what, in.getTotalBytesRead(), "a well-formed message", found);
    }

    /** Messages may repeat, their readers know which; numbers and bytes never do. */
    private void requireOnce() {
        if (again) {
            throw malformed("field " + WireFormat.getTagFieldNumber(tag) + " twice");
        }
    }

    private void requireType(int wireType) {
        if (WireFormat.getTagWireType(tag) != wireType) {
            throw malformed(
                    "wire type " + WireFormat.getTagWireType(tag) + " in field " + WireFormat.getTagFieldNumber(tag));
        }
    }
}
