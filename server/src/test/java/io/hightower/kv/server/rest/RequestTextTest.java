package io.hightower.kv.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.TooLargeException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RequestTextTest {
    private static String base64OfZeros(int length) {
        return Base64.getEncoder().encodeToString(new byte[length]);
    }

    private static void assertRefused(Runnable reading, String code) {
        assertThatThrownBy(reading::run).isInstanceOfSatisfying(RequestRefused.class, refused -> {
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.code()).isEqualTo(code);
        });
    }

    @Test
    void decodesPercentSignsExactly() {
        Bytes key = Bytes.wrap(new byte[] {(byte) 0xfb, (byte) 0xff});

        assertThat(RequestText.key("+%2F8=")).isEqualTo(key);
        assertThat(RequestText.key("%2B%2f8%3D")).isEqualTo(key);
        assertThat(RequestText.key("%2b/8%3d")).isEqualTo(key);
        assertThat(RequestText.key("-_8=")).isEqualTo(key);
    }

    @Test
    void refusesBrokenPercentSigns() {
        assertRefused(() -> RequestText.key("YQ=%3"), "invalid_key");
        assertRefused(() -> RequestText.key("YQ=%"), "invalid_key");
        assertRefused(() -> RequestText.key("YQ%zz="), "invalid_key");
        assertRefused(() -> RequestText.key("%+1Q=="), "invalid_key");
    }

    @Test
    void decodesOnceOnly() {
        assertRefused(() -> RequestText.key("%252F%252F%252F%252F"), "invalid_key");
    }

    @Test
    void refusesPercentEncodedForeignBytes() {
        assertRefused(() -> RequestText.key("YQ%C3%A4"), "invalid_key");
        assertRefused(() -> RequestText.key("YQ=%00"), "invalid_key");
    }

    @Test
    void refusesTheEmptyKey() {
        assertThatThrownBy(() -> RequestText.key("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void takesTheLongestKeyAndNoLonger() {
        assertThat(RequestText.key(base64OfZeros(Limits.KEY_BYTES_MAX)).length())
                .isEqualTo(Limits.KEY_BYTES_MAX);
        assertThatThrownBy(() -> RequestText.key(base64OfZeros(Limits.KEY_BYTES_MAX + 1)))
                .isInstanceOf(TooLargeException.class);
    }

    @Test
    void takesAnEndOneByteLongerThanAKey() {
        Map<String, String> query = Map.of("endKey", base64OfZeros(Limits.KEY_BYTES_MAX + 1));

        assertThat(RequestText.bound(query, "endKey").length()).isEqualTo(Limits.KEY_BYTES_MAX + 1);
        assertThatThrownBy(() -> RequestText.bound(Map.of("endKey", base64OfZeros(Limits.KEY_BYTES_MAX + 2)), "endKey"))
                .isInstanceOf(TooLargeException.class);
    }

    @Test
    void splitsQueries() {
        assertThat(RequestText.query(Optional.of("fromKey=YQ==&endKey=eg%3D%3D&&x&y=")))
                .containsEntry("fromKey", "YQ==")
                .containsEntry("endKey", "eg==")
                .containsEntry("x", "")
                .containsEntry("y", "");
        assertThat(RequestText.query(Optional.empty())).isEmpty();
        assertThat(RequestText.query(Optional.of(""))).isEmpty();
    }

    @Test
    void takesPlusForASpaceInQueries() {
        assertThat(RequestText.query(Optional.of("a=%2B+"))).containsEntry("a", "+ ");
    }

    @Test
    void refusesBrokenQueries() {
        assertRefused(() -> RequestText.query(Optional.of("a=%zz")), "invalid_query");
        assertRefused(() -> RequestText.query(Optional.of("a=1&a=2")), "invalid_query");
        assertRefused(() -> RequestText.bound(Map.of(), "fromKey"), "invalid_query");
        assertRefused(() -> RequestText.bound(Map.of("fromKey", ""), "fromKey"), "invalid_query");
    }

    @Test
    void readsCounts() {
        assertThat(RequestText.count(Map.of(), "limit")).isEmpty();
        assertThat(RequestText.count(Map.of("limit", "1"), "limit")).contains(1);
        assertThat(RequestText.count(Map.of("limit", "007"), "limit")).contains(7);
        assertThat(RequestText.count(Map.of("limit", "99999999999999999999"), "limit"))
                .contains(Integer.MAX_VALUE);
        for (String wrong : new String[] {"", "0", "-1", "+1", "1.0", "a", " 1", "\u0661"}) {
            assertRefused(() -> RequestText.count(Map.of("limit", wrong), "limit"), "invalid_query");
        }
    }
}
