package io.hightower.kv.benchmarks.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one engine did in one workload, as named fields in the order in which they were added. {@code docs/benchmarks.md}
 * describes them. <b>Used by one thread at a time.</b>
 */
public final class Row {
    /** Which form rows have, in their field {@code format}. */
    public static final int FORMAT = 1;

    private static final int DECIMALS = 3;
    private static final JsonFactory JSON = new JsonFactory();

    /** Texts, numbers, booleans, and null for what is not known. */
    private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();

    /** Adds a text. */
    public Row with(String name, String text) {
        fields.put(name, text);
        return this;
    }

    /** Adds a number, rounded to three decimals; NaN and the infinities are not known. */
    public Row with(String name, double number) {
        fields.put(
                name,
                Double.isFinite(number)
                        ? BigDecimal.valueOf(number)
                                .setScale(DECIMALS, RoundingMode.HALF_UP)
                                .stripTrailingZeros()
                        : null);
        return this;
    }

    /** Adds a truth. */
    public Row with(String name, boolean truth) {
        fields.put(name, truth);
        return this;
    }

    /** Adds a field whose content is not known. */
    public Row without(String name) {
        fields.put(name, null);
        return this;
    }

    /** Returns a text, or nothing if it is not there or not known. */
    public Optional<String> text(String name) {
        return Optional.ofNullable(fields.get(name)).map(Object::toString);
    }

    /** Returns a number, or NaN. */
    public double number(String name) {
        return fields.get(name) instanceof BigDecimal number ? number.doubleValue() : Double.NaN;
    }

    /** Returns the row as a JSON object in one line, without a line end. */
    public String toJson() {
        StringWriter text = new StringWriter();
        try (JsonGenerator line = JSON.createGenerator(text)) {
            line.configure(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN, true);
            line.writeStartObject();
            for (Map.Entry<String, @Nullable Object> field : fields.entrySet()) {
                line.writeFieldName(field.getKey());
                write(line, field.getValue());
            }
            line.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator line, @Nullable Object content) throws IOException {
        if (content instanceof BigDecimal number) {
            line.writeNumber(number);
        } else if (content instanceof Boolean truth) {
            line.writeBoolean(truth);
        } else if (content == null) {
            line.writeNull();
        } else {
            line.writeString(content.toString());
        }
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws UncheckedIOException if it is something else
     */
    public static Row parse(String line) {
        Row row = new Row();
        try (JsonParser parser = JSON.createParser(line)) {
            require(parser.nextToken() == JsonToken.START_OBJECT, line);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                row.fields.put(name, content(parser, token, line));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return row;
    }

    private static @Nullable Object content(JsonParser parser, JsonToken token, String line) throws IOException {
        require(token.isScalarValue(), line);
        return switch (token) {
            case VALUE_NULL -> null;
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
            default -> parser.getText();
        };
    }

    private static void require(boolean holds, String line) throws IOException {
        if (!holds) {
            throw new IOException("Not a row: " + line);
        }
    }
}
