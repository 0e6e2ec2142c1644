package io.hightower.kv.server.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class JsonTextTest {
    private static final int BYTES_MAX = 64 * 1024 * 1024;

    private final JsonText json = new JsonText(BYTES_MAX);

    private Bytes read(String body) {
        return json.putValue(body.getBytes(StandardCharsets.UTF_8));
    }

    private void assertRefused(String body, String code) {
        assertThatThrownBy(() -> read(body)).as(body).isInstanceOfSatisfying(RequestRefused.class, refused -> {
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.code()).isEqualTo(code);
            assertThat(refused.explanation()).doesNotContain("io.hightower", "jackson");
        });
    }

    @Test
    void readsTheValue() {
        assertThat(read("{\"value\":\"YQ==\"}")).isEqualTo(Bytes.utf8("a"));
        assertThat(read("{\"value\":\"\"}")).isEqualTo(Bytes.EMPTY);
        assertThat(read(" { \"value\" : \"\\u0059Q==\" } ")).isEqualTo(Bytes.utf8("a"));
    }

    @Test
    void ignoresUnknownFields() {
        assertThat(read("{\"ttl\":{\"a\":[1]},\"value\":\"YQ==\",\"x\":null}")).isEqualTo(Bytes.utf8("a"));
    }

    @Test
    void refusesWhatHoldsNoValue() {
        for (String body : new String[] {"", "{}", "null", "[]", "7", "\"YQ==\"", "{\"value\":null}", "not json"}) {
            assertRefused(body, "invalid_body");
        }
    }

    @Test
    void refusesValuesOfOtherTypes() {
        for (String value : new String[] {"1234", "1.5", "true", "[]", "{}", "[\"YQ==\"]"}) {
            assertRefused("{\"value\":" + value + "}", "invalid_body");
        }
    }

    @Test
    void refusesMoreThanOneValue() {
        assertRefused("{\"value\":\"YQ==\",\"value\":\"Yg==\"}", "invalid_body");
        assertRefused("{\"value\":\"YQ==\"}{\"value\":\"Yg==\"}", "invalid_body");
        assertRefused("{\"value\":\"YQ==\"} x", "invalid_body");
    }

    @Test
    void refusesValuesThatAreNoBase64() {
        assertRefused("{\"value\":\"not-base64\"}", "invalid_value");
        assertRefused("{\"value\":\"YR==\"}", "invalid_value");
    }

    @Test
    void readsValuesBeyondTheParsersOwnBound() {
        byte[] value = new byte[24 * 1024 * 1024];

        assertThat(read("{\"value\":\"" + Base64.getEncoder().encodeToString(value) + "\"}")
                        .length())
                .isEqualTo(value.length);
    }
}
