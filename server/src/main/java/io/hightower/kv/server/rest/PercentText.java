package io.hightower.kv.server.rest;

/** Percent-encoded text of a request target (RFC 3986 section 2.1). */
final class PercentText {
    private PercentText() {}

    /**
     * Decodes every {@code %XX}; each byte becomes the character of the same number, which is right for base64 and for the
     * ASCII names of parameters. A plus sign stays one.
     *
     * @throws RequestRefused with 400 if a percent sign is not followed by two hexadecimal digits
     */
    static String decode(String text, String code) {
        int percent = text.indexOf('%');
        if (percent < 0) {
            return text;
        }
        StringBuilder decoded = new StringBuilder(text.length());
        int from = 0;
        while (percent >= 0) {
            decoded.append(text, from, percent);
            int high = digit(text, percent + 1);
            int low = digit(text, percent + 2);
            if (high < 0 || low < 0) {
                throw new RequestRefused(400, code, "A percent sign must be followed by two hexadecimal digits");
            }
            decoded.append((char) (high << 4 | low));
            from = percent + 3;
            percent = text.indexOf('%', from);
        }
        return decoded.append(text, from, text.length()).toString();
    }

    private static int digit(String text, int index) {
        // Character.digit would also take digits of other scripts.
        char c = index < text.length() ? text.charAt(index) : ' ';
        return c < 128 ? Character.digit(c, 16) : -1;
    }
}
