package io.hightower.kv.server.rest;

import static io.hightower.kv.server.rest.ServedEngine.base64;
import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Limits;
import java.net.http.HttpResponse;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyOperationsTest {
    private final ServedEngine served = ServedEngine.empty();

    @AfterEach
    void close() {
        served.close();
    }

    private static String path(Bytes key) {
        return "/v1/kv/" + Base64.getUrlEncoder().encodeToString(key.toByteArray());
    }

    private static String body(int valueBytes) {
        return "{\"value\":\"" + Base64.getEncoder().encodeToString(new byte[valueBytes]) + "\"}";
    }

    @Test
    void putsGetsOverwritesAndDeletes() {
        HttpResponse<String> put = served.put("hello", "world");
        assertThat(put.statusCode()).isEqualTo(200);
        assertThat(put.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(put.body()).isEqualTo("{\"key\":\"aGVsbG8=\",\"value\":\"d29ybGQ=\"}");

        assertThat(served.get("/v1/kv/aGVsbG8=").body()).isEqualTo(put.body());

        served.put("hello", "there");
        HttpResponse<String> overwritten = served.get("/v1/kv/aGVsbG8=");
        assertThat(overwritten.statusCode()).isEqualTo(200);
        assertThat(overwritten.body()).contains(base64("there"));

        assertThat(served.send("DELETE", "/v1/kv/aGVsbG8=", "").statusCode()).isEqualTo(204);
        HttpResponse<String> gone = served.get("/v1/kv/aGVsbG8=");
        assertThat(gone.statusCode()).isEqualTo(404);
        assertThat(gone.body()).contains("\"code\":\"key_not_found\"").contains("\"message\":");
    }

    @Test
    void deletesWhatIsNotThere() {
        HttpResponse<String> deleted = served.send("DELETE", "/v1/kv/aGVsbG8=", "");

        assertThat(deleted.statusCode()).isEqualTo(204);
        assertThat(deleted.body()).isEmpty();
    }

    @Test
    void repeatsWritesWithoutHarm() {
        for (int i = 0; i < 3; i++) {
            assertThat(served.put("k", "v").statusCode()).isEqualTo(200);
        }

        assertThat(served.get("/v1/kv/" + base64("k")).body()).contains(base64("v"));
        assertThat(served.engine().len()).isEqualTo(1);
    }

    @Test
    void keepsBinaryKeysAndValues() {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        String text = Base64.getEncoder().encodeToString(bytes);
        String target = "/v1/kv/" + text.replace("/", "%2F");

        assertThat(served.send("PUT", target, "{\"value\":\"" + text + "\"}").statusCode())
                .isEqualTo(200);

        assertThat(served.engine().get(Bytes.copyOf(bytes))).contains(Bytes.copyOf(bytes));
        assertThat(served.get(target).body()).isEqualTo("{\"key\":\"" + text + "\",\"value\":\"" + text + "\"}");
    }

    @Test
    void takesEverySpellingOfAKey() {
        served.engine().put(new byte[] {(byte) 0xfb, (byte) 0xff}, new byte[] {1});

        for (String spelling : new String[] {"+%2F8=", "%2B%2F8%3D", "+%2f8%3d", "-_8=", "%2D%5F8=", "-%5f8%3D"}) {
            HttpResponse<String> found = served.get("/v1/kv/" + spelling);

            assertThat(found.statusCode()).as(spelling).isEqualTo(200);
            assertThat(found.body()).isEqualTo("{\"key\":\"+/8=\",\"value\":\"AQ==\"}");
        }
    }

    @Test
    void keepsTheEmptyValue() {
        assertThat(served.put("k", "").statusCode()).isEqualTo(200);

        assertThat(served.get("/v1/kv/" + base64("k")).body()).isEqualTo("{\"key\":\"aw==\",\"value\":\"\"}");
    }

    @Test
    void takesTheLongestKeyHoweverItIsWritten() {
        byte[] longest = new byte[Limits.KEY_BYTES_MAX];
        String text = Base64.getEncoder().encodeToString(longest);
        StringBuilder percent = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            percent.append('%').append(Integer.toHexString(text.charAt(i)));
        }

        assertThat(served.send("PUT", "/v1/kv/" + percent, "{\"value\":\"AQ==\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(served.get("/v1/kv/" + text).statusCode()).isEqualTo(200);
    }

    @Test
    void refusesKeysThatAreTooLong() {
        String target = path(Bytes.wrap(new byte[Limits.KEY_BYTES_MAX + 1]));

        for (String method : new String[] {"PUT", "GET", "DELETE"}) {
            HttpResponse<String> refused = served.send(method, target, method.equals("PUT") ? body(1) : "");

            assertThat(refused.statusCode()).as(method).isEqualTo(413);
            assertThat(refused.body()).contains("\"code\":\"too_large\"", "bytesMax=32768");
        }
    }

    @Test
    void takesTheLargestRequestAndNoLarger() {
        String key = path(Bytes.utf8("k"));

        assertThat(served.send("PUT", key, body(Limits.REQUEST_BYTES_DEFAULT - 1))
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> refused = served.send("PUT", key, body(Limits.REQUEST_BYTES_DEFAULT));
        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(refused.body()).contains("\"code\":\"too_large\"");
    }

    @Test
    void refusesHugeBodiesAndGoesOn() {
        String key = path(Bytes.utf8("k"));
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> refused = served.send("PUT", key, body(8 * Limits.REQUEST_BYTES_DEFAULT));

            assertThat(refused.statusCode()).isEqualTo(413);
            assertThat(refused.body()).contains("\"code\":\"too_large\"");
        }

        assertThat(served.put("k", "v").statusCode()).isEqualTo(200);
    }

    @Test
    void answersHeadLikeGetWithoutTheBody() {
        served.put("hello", "world");

        HttpResponse<String> head = served.send("HEAD", "/v1/kv/aGVsbG8=", "");

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Length"))
                .contains(Integer.toString(served.get("/v1/kv/aGVsbG8=").body().length()));
        assertThat(served.send("HEAD", "/v1/kv/" + base64("absent"), "").statusCode())
                .isEqualTo(404);
    }
}
