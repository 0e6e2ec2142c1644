package io.hightower.kv.statemachine.codec;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Compare;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.TxnOp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages {@code hightower.Txn}, {@code TxnOp}, {@code Compare} and {@code RangeRequest}: the wire numbers of what
 * transactions are made of. Thread-safe: there is no state.
 */
final class TxnCodec {
    private TxnCodec() {}

    /** Writes the fields of a transaction. */
    static void write(MessageWriter fields, Command.Txn txn) throws IOException {
        for (Compare compare : txn.compares()) {
            fields.message(1, inner -> write(inner, compare));
        }
        for (TxnOp op : txn.success()) {
            fields.message(2, op.matchOp(OP_BODY));
        }
        for (TxnOp op : txn.failure()) {
            fields.message(3, op.matchOp(OP_BODY));
        }
    }

    private static final TxnOp.Kinds<MessageWriter.Body> OP_BODY = new TxnOp.Kinds<>() {
        @Override
        public MessageWriter.Body put(Command.Put op) {
            return writer -> writer.message(1, fields -> CommandWriter.write(fields, op));
        }

        @Override
        public MessageWriter.Body deleteRange(Command.DeleteRange op) {
            return writer -> writer.message(2, fields -> CommandWriter.write(fields, op));
        }

        @Override
        public MessageWriter.Body range(RangeRequest op) {
            return writer -> writer.message(3, fields -> write(fields, op));
        }

        @Override
        public MessageWriter.Body txn(Command.Txn op) {
            return writer -> writer.message(4, fields -> write(fields, op));
        }
    };

    private static void write(MessageWriter fields, Compare compare) throws IOException {
        CommandWriter.write(fields, compare.range());
        fields.number(3, number(compare.target()));
        fields.number(4, number(compare.operator()));
        fields.number(5, compare.number());
        fields.bytes(6, compare.value());
    }

    private static void write(MessageWriter fields, RangeRequest request) throws IOException {
        CommandWriter.write(fields, request.range());
        fields.number(3, request.revision());
        fields.number(4, request.limit());
        fields.number(5, number(request.sort().direction()));
        fields.number(6, number(request.sort().target()));
        fields.number(7, number(request.content()));
        RangeRequest.RevisionFilter filter = request.filter();
        fields.number(8, filter.modifyLeast());
        fields.number(9, filter.modifyMost());
        fields.number(10, filter.createLeast());
        fields.number(11, filter.createMost());
    }

    /** Reads a transaction of a command. */
    static Command.Txn readTxn(MessageReader reader) throws IOException {
        return readTxn(reader, 1);
    }

    /** Reads a transaction; one that is nested too deeply is refused before it is descended into. */
    private static Command.Txn readTxn(MessageReader reader, int depth) throws IOException {
        if (depth > Command.Txn.DEPTH_MAX) {
            throw reader.malformed("a transaction at depth " + depth);
        }
        List<Compare> compares = new ArrayList<>();
        List<TxnOp> success = new ArrayList<>();
        List<TxnOp> failure = new ArrayList<>();
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> compares.add(reader.message(TxnCodec::readCompare));
                case 2 -> success.add(reader.message(inner -> readOp(inner, depth)));
                case 3 -> failure.add(reader.message(inner -> readOp(inner, depth)));
                default -> throw reader.unknownField();
            }
        }
        return new Command.Txn(compares, success, failure);
    }

    private static TxnOp readOp(MessageReader reader, int depth) throws IOException {
        TxnOp op = null;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            if (op != null) {
                throw reader.malformed("two operations in one");
            }
            op = switch (field) {
                case 1 -> reader.message(CommandReader::readPut);
                case 2 -> reader.message(CommandReader::readDeleteRange);
                case 3 -> reader.message(TxnCodec::readRange);
                case 4 -> reader.message(inner -> readTxn(inner, depth + 1));
                default -> throw reader.unknownField();
            };
        }
        if (op == null) {
            throw reader.malformed("no operation");
        }
        return op;
    }

    private static Compare readCompare(MessageReader reader) throws IOException {
        Bytes from = Bytes.EMPTY;
        @Nullable Bytes until = null;
        int target = 0;
        int operator = 0;
        long number = 0;
        Bytes value = Bytes.EMPTY;
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> from = reader.bytes();
                case 2 -> until = reader.bytes();
                case 3 -> target = reader.smallNumber();
                case 4 -> operator = reader.smallNumber();
                case 5 -> number = reader.number();
                case 6 -> value = reader.bytes();
                default -> throw reader.unknownField();
            }
        }
        return new Compare(
                CommandReader.range(from, until), target(reader, target), operator(reader, operator), number, value);
    }

    private static RangeRequest readRange(MessageReader reader) throws IOException {
        Bytes from = Bytes.EMPTY;
        @Nullable Bytes until = null;
        long[] numbers = new long[2];
        int[] choices = new int[3];
        long[] bounds = new long[4];
        for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
            switch (field) {
                case 1 -> from = reader.bytes();
                case 2 -> until = reader.bytes();
                case 3, 4 -> numbers[field - 3] = reader.number();
                case 5, 6, 7 -> choices[field - 5] = reader.smallNumber();
                case 8, 9, 10, 11 -> bounds[field - 8] = reader.number();
                default -> throw reader.unknownField();
            }
        }
        return new RangeRequest(
                CommandReader.range(from, until),
                numbers[0],
                numbers[1],
                new RangeRequest.Sort(direction(reader, choices[0]), sortTarget(reader, choices[1])),
                content(reader, choices[2]),
                new RangeRequest.RevisionFilter(bounds[0], bounds[1], bounds[2], bounds[3]));
    }

    private static int number(Compare.Target target) {
        return switch (target) {
            case VERSION -> 0;
            case CREATE -> 1;
            case MODIFY -> 2;
            case VALUE -> 3;
            case LEASE -> 4;
        };
    }

    private static Compare.Target target(MessageReader reader, int number) {
        return switch (number) {
            case 0 -> Compare.Target.VERSION;
            case 1 -> Compare.Target.CREATE;
            case 2 -> Compare.Target.MODIFY;
            case 3 -> Compare.Target.VALUE;
            case 4 -> Compare.Target.LEASE;
            default -> throw reader.malformed("compare target " + number);
        };
    }

    private static int number(Compare.Operator operator) {
        return switch (operator) {
            case EQUAL -> 0;
            case GREATER -> 1;
            case LESS -> 2;
            case NOT_EQUAL -> 3;
        };
    }

    private static Compare.Operator operator(MessageReader reader, int number) {
        return switch (number) {
            case 0 -> Compare.Operator.EQUAL;
            case 1 -> Compare.Operator.GREATER;
            case 2 -> Compare.Operator.LESS;
            case 3 -> Compare.Operator.NOT_EQUAL;
            default -> throw reader.malformed("compare operator " + number);
        };
    }

    private static int number(RangeRequest.Direction direction) {
        return switch (direction) {
            case NONE -> 0;
            case ASCENDING -> 1;
            case DESCENDING -> 2;
        };
    }

    private static RangeRequest.Direction direction(MessageReader reader, int number) {
        return switch (number) {
            case 0 -> RangeRequest.Direction.NONE;
            case 1 -> RangeRequest.Direction.ASCENDING;
            case 2 -> RangeRequest.Direction.DESCENDING;
            default -> throw reader.malformed("sort direction " + number);
        };
    }

    private static int number(RangeRequest.SortTarget target) {
        return switch (target) {
            case KEY -> 0;
            case VERSION -> 1;
            case CREATE -> 2;
            case MODIFY -> 3;
            case VALUE -> 4;
        };
    }

    private static RangeRequest.SortTarget sortTarget(MessageReader reader, int number) {
        return switch (number) {
            case 0 -> RangeRequest.SortTarget.KEY;
            case 1 -> RangeRequest.SortTarget.VERSION;
            case 2 -> RangeRequest.SortTarget.CREATE;
            case 3 -> RangeRequest.SortTarget.MODIFY;
            case 4 -> RangeRequest.SortTarget.VALUE;
            default -> throw reader.malformed("sort target " + number);
        };
    }

    private static int number(RangeRequest.Content content) {
        return switch (content) {
            case ALL -> 0;
            case KEYS -> 1;
            case COUNT -> 2;
        };
    }

    private static RangeRequest.Content content(MessageReader reader, int number) {
        return switch (number) {
            case 0 -> RangeRequest.Content.ALL;
            case 1 -> RangeRequest.Content.KEYS;
            case 2 -> RangeRequest.Content.COUNT;
            default -> throw reader.malformed("content " + number);
        };
    }
}
