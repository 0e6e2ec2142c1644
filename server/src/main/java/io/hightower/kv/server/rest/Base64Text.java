package io.hightower.kv.server.rest;

import io.hightower.kv.statemachine.Bytes;
import java.util.Base64;

/**
 * Bytes as base64 text. Reading is strict: padded, canonical, one alphabet; so no two texts of one alphabet stand for the
 * same bytes, and a text that was cut short or mistyped is rarely taken for another key.
 */
final class Base64Text {
    private static final int GROUP = 4;

    private Base64Text() {}

    /** Why a text is not base64 as the API wants it. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String finding) {
            super(finding, null, false, false);
        }

        String finding() {
            String message = getMessage();
            return message == null ? "malformed" : message;
        }
    }

    /** Returns the bytes in standard padded base64. */
    static String write(Bytes bytes) {
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    /** Decodes standard or URL-safe base64; the empty text is the empty sequence. */
    static Bytes read(String text) throws Malformed {
        if (text.length() % GROUP != 0) {
            throw new Malformed("unpadded, length " + text.length() + " is no multiple of 4");
        }
        boolean urlSafe = text.indexOf('-') >= 0 || text.indexOf('_') >= 0;
        byte[] decoded;
        try {
            decoded = (urlSafe ? Base64.getUrlDecoder() : Base64.getDecoder()).decode(text);
        } catch (IllegalArgumentException e) {
            throw new Malformed("a character is out of place");
        }
        requireCanonicalEnd(text, decoded, urlSafe);
        return Bytes.wrap(decoded);
    }

    /** The decoder ignores bits of the last character that do not make a byte; another text would mean the same bytes. */
    private static void requireCanonicalEnd(String text, byte[] decoded, boolean urlSafe) throws Malformed {
        int surplus = decoded.length % 3;
        if (surplus == 0) {
            return;
        }
        byte[] last = new byte[surplus];
        System.arraycopy(decoded, decoded.length - surplus, last, 0, surplus);
        String canonical = (urlSafe ? Base64.getUrlEncoder() : Base64.getEncoder()).encodeToString(last);
        if (!text.endsWith(canonical)) {
            throw new Malformed("not canonical, unused bits are set");
        }
    }
}
