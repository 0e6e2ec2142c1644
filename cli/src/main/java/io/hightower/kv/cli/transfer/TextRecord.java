package io.hightower.kv.cli.transfer;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * A key and a value as one line of text: {@code key<TAB>value}. <b>Immutable.</b>
 *
 * <p>In the escaped notation a tab, a newline and a backslash inside key or value are written {@code \t}, {@code \n} and
 * {@code \\}; every other byte stands for itself, so that any key and value survives. A backslash that cannot be mistaken
 * for the beginning of one of the three stands for itself, in reading and in writing: so lists of files, whose names hold
 * such backslashes now and then, come out as they went in. In the raw notation nothing is escaped: the first tab ends the
 * key, the newline ends the value.
 *
 * @param key the key
 * @param value the value
 */
public record TextRecord(Bytes key, Bytes value) {
    private static final int TAB = '\t';
    private static final int NEWLINE = '\n';
    private static final int ESCAPE = '\\';

    /** How bytes that have a meaning in the format are written. */
    public enum Notation {
        /** With backslashes; any bytes survive. */
        ESCAPED,
        /** As they are; keys with a tab or a newline and values with a newline cannot be written. */
        RAW
    }

    /**
     * Reads a line.
     *
     * @param line without the newline that ends it
     * @throws IllegalArgumentException saying what is wrong with the line
     */
    public static TextRecord parse(Bytes line, Notation notation) {
        byte[] text = line.toByteArray();
        int tab = 0;
        while (tab < text.length && text[tab] != TAB) {
            tab++;
        }
        if (tab == text.length) {
            throw new IllegalArgumentException("no tab between key and value");
        }
        Bytes key = read(text, 0, tab, notation);
        if (key.isEmpty()) {
            throw new IllegalArgumentException("the key is empty");
        }
        if (key.length() > Limits.KEY_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "the key is too large: bytes=" + key.length() + " bytesMax=" + Limits.KEY_BYTES_MAX);
        }
        return new TextRecord(key, read(text, tab + 1, text.length, notation));
    }

    private static Bytes read(byte[] text, int from, int until, Notation notation) {
        byte[] content = Arrays.copyOfRange(text, from, until);
        if (notation == Notation.RAW) {
            return Bytes.wrap(content);
        }
        int length = 0;
        for (int at = 0; at < content.length; length++) {
            int meant = at + 1 < content.length && content[at] == ESCAPE ? escaped(content[at + 1]) : -1;
            content[length] = meant < 0 ? content[at] : (byte) meant;
            at += meant < 0 ? 1 : 2;
        }
        return Bytes.wrap(length == content.length ? content : Arrays.copyOf(content, length));
    }

    /** Returns what the byte means behind a backslash; -1 if the backslash stands for itself. */
    private static int escaped(byte letter) {
        return switch (letter) {
            case 't' -> TAB;
            case 'n' -> NEWLINE;
            case '\\' -> ESCAPE;
            default -> -1;
        };
    }

    /**
     * Writes the line with the newline that ends it.
     *
     * @throws IllegalArgumentException if the record cannot be written in this notation
     */
    public void writeTo(OutputStream output, Notation notation) throws IOException {
        if (notation == Notation.RAW) {
            requireRaw();
        }
        write(key, output, notation);
        output.write(TAB);
        write(value, output, notation);
        output.write(NEWLINE);
    }

    private static void write(Bytes content, OutputStream output, Notation notation) throws IOException {
        byte[] bytes = content.toByteArray();
        if (notation == Notation.RAW) {
            output.write(bytes);
            return;
        }
        int written = 0;
        for (int at = 0; at < bytes.length; at++) {
            int letter = letter(bytes, at);
            if (letter >= 0) {
                output.write(bytes, written, at - written);
                output.write(ESCAPE);
                output.write(letter);
                written = at + 1;
            }
        }
        output.write(bytes, written, bytes.length - written);
    }

    /** Returns the byte that is written behind a backslash in the place of this one; -1 if it stands for itself. */
    private static int letter(byte[] content, int at) {
        return switch (content[at]) {
            case TAB -> 't';
            case NEWLINE -> 'n';
            case ESCAPE -> isAmbiguous(content, at) ? ESCAPE : -1;
            default -> -1;
        };
    }

    /** Tells whether a reader would take the backslash for an escape, seeing what is written behind it. */
    private static boolean isAmbiguous(byte[] content, int at) {
        if (at + 1 == content.length) {
            return false;
        }
        byte next = content[at + 1];
        return next == TAB || next == NEWLINE || escaped(next) >= 0;
    }

    private void requireRaw() {
        if (contains(key, TAB) || contains(key, NEWLINE) || contains(value, NEWLINE)) {
            throw new IllegalArgumentException(
                    "A record cannot be written raw, because its key holds a tab or a newline, "
                            + "or its value a newline; export without --raw: key=" + escapedKey());
        }
    }

    private String escapedKey() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            write(key, text, Notation.ESCAPED);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return Bytes.wrap(text.toByteArray()).toUtf8();
    }

    private static boolean contains(Bytes content, int wanted) {
        for (int at = 0; at < content.length(); at++) {
            if (content.at(at) == wanted) {
                return true;
            }
        }
        return false;
    }
}
