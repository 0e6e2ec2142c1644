package io.hightower.kv.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.hightower.kv.statemachine.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Answers as JSON, one object a line, beginning with the version of their format. {@code docs/cli.md} describes them. */
final class JsonLine {
    private static final int FORMAT = 1;
    private static final JsonFactory JSON = new JsonFactory();

    private JsonLine() {}

    /** Writes the fields of an object. */
    @FunctionalInterface
    interface Fields {
        void writeTo(JsonGenerator json) throws IOException;
    }

    /** Writes one object and the end of its line. */
    static void write(OutputStream output, Fields fields) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeNumberField("format", FORMAT);
            fields.writeTo(json);
            json.writeEndObject();
        }
        line.write('\n');
        line.writeTo(output);
    }

    /** Writes a key and its value, both in standard padded base64. */
    static void writeRecord(OutputStream output, Bytes key, Bytes value) throws IOException {
        write(output, json -> {
            json.writeBinaryField("key", key.toByteArray());
            json.writeBinaryField("value", value.toByteArray());
        });
    }
}
