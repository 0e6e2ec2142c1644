package io.hightower.kv.statemachine.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bytes that hold a persisted format still: a golden file, and the same bytes as the format's page shows them to whoever
 * writes another reader.
 */
public final class GoldenBytes {
    private static final String LEFT_OUT = "…";
    private static final Pattern SHOWN = Pattern.compile(" *([0-9]+) \\| ((?:[0-9a-f]{2} )*[0-9a-f]{2}) *\\|.*");

    private GoldenBytes() {}

    /**
     * Reads a golden file of format version 1: hexadecimal digits, with comments behind {@code #}.
     *
     * @param test whose resources have it
     */
    public static byte[] read(Class<?> test, String name) {
        String place = "/formats/v1/" + name + ".hex";
        try (InputStream resource = test.getResourceAsStream(place)) {
            assertThat(resource).as(place).isNotNull();
            String text = new String(resource.readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of().parseHex(text.replaceAll("#.*|\\s", ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Holds the picture of an example in {@code docs/formats} to the bytes: the first block of code behind a line that begins
     * with {@code after}. The picture must show all of them, but where it says that some are left out.
     */
    public static void assertShown(String page, String after, byte[] golden) {
        List<String> picture = picture(page, after);
        int next = 0;
        boolean leftOut = false;
        for (String line : picture) {
            Matcher shown = SHOWN.matcher(line);
            if (line.contains(LEFT_OUT)) {
                leftOut = true;
            } else if (!line.isBlank()) {
                assertThat(shown.matches()).as("%s: %s", page, line).isTrue();
                int offset = Integer.parseInt(shown.group(1));
                byte[] bytes = HexFormat.ofDelimiter(" ").parseHex(shown.group(2));
                assertThat(offset).as("%s: %s", page, line).isGreaterThanOrEqualTo(next);
                assertThat(leftOut || offset == next).as("%s: %s", page, line).isTrue();
                assertThat(golden.length).as("%s: %s", page, line).isGreaterThanOrEqualTo(offset + bytes.length);
                assertThat(hex(bytes))
                        .as("%s: %s", page, line)
                        .isEqualTo(hex(Arrays.copyOfRange(golden, offset, offset + bytes.length)));
                next = offset + bytes.length;
                leftOut = false;
            }
        }
        assertThat(leftOut || next == golden.length)
                .as("%s shows %s bytes of %s", page, next, golden.length)
                .isTrue();
    }

    private static List<String> picture(String page, String after) {
        List<String> lines;
        try {
            lines = Files.readAllLines(project().resolve("docs/formats").resolve(page));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int at = 0;
        while (!lines.get(at).startsWith(after)) {
            at++;
        }
        while (!lines.get(at).startsWith("```")) {
            at++;
        }
        int until = at + 1;
        while (!lines.get(until).startsWith("```")) {
            until++;
        }
        return lines.subList(at + 1, until);
    }

    /** Tests run in the directory of their module. */
    private static Path project() {
        Path candidate = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(candidate.resolve("docs/formats"))) {
            candidate = candidate.getParent();
        }
        return candidate;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
