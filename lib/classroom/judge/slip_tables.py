"""What people write in the place of what: the tables of slips."""

import ast

COMPARISONS = {
    ast.Lt: [ast.LtE, ast.Gt, ast.GtE], ast.LtE: [ast.Lt, ast.GtE, ast.Gt], ast.Gt: [ast.GtE, ast.Lt, ast.LtE],
    ast.GtE: [ast.Gt, ast.LtE, ast.Lt], ast.Eq: [ast.NotEq, ast.GtE, ast.LtE], ast.NotEq: [ast.Eq], ast.In: [ast.NotIn],
    ast.NotIn: [ast.In], ast.Is: [ast.IsNot], ast.IsNot: [ast.Is],
}  # fmt: skip
BOUNDARIES = {(ast.Lt, ast.LtE), (ast.LtE, ast.Lt), (ast.Gt, ast.GtE), (ast.GtE, ast.Gt)}
OPERATORS = {
    ast.Add: [ast.Sub, ast.Mult], ast.Sub: [ast.Add, ast.Div, ast.Mult],
    ast.Mult: [ast.Div, ast.Add, ast.MatMult],  # no power: of large whole numbers it takes seconds
    ast.Div: [ast.Mult, ast.FloorDiv, ast.Sub], ast.FloorDiv: [ast.Div, ast.Mod, ast.Mult], ast.Mod: [ast.FloorDiv],
    ast.Pow: [ast.Mult, ast.Div], ast.MatMult: [ast.Mult, ast.Add], ast.BitAnd: [ast.BitOr], ast.BitOr: [ast.BitAnd],
}  # fmt: skip
SIGNS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Eq: "==", ast.NotEq: "!=", ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
}  # fmt: skip
ALIKE = (
    ("sum", "mean", "max", "min", "prod", "amax", "amin", "norm", "logsumexp"),
    ("fsum", "sum"), ("amax", "amin", "sum", "mean"),
    ("log", "log2", "log10", "log1p", "exp", "sqrt"), ("exp", "exp2", "expm1", "sigmoid"),
    ("sqrt", "square", "rsqrt", "abs"),
    ("rsqrt", "sqrt", "reciprocal"), ("square", "abs"), ("cos", "sin"), ("argmax", "argmin"), ("tril", "triu"),
    ("repeat_interleave", "repeat"), ("stack", "cat"), ("any", "all"), ("silu", "relu", "gelu", "sigmoid", "tanh"),
    ("cumsum", "cumprod"), ("items", "keys", "values"), ("append", "extend"), ("set", "list", "sorted"),
    ("softmax", "log_softmax", "sigmoid"), ("floor", "ceil", "round"), ("transpose", "reshape"), ("max", "min", "sum"),
    ("values", "indices"),
)  # fmt: skip
PARTS = (
    {"gate", "up", "down"}, {"attention_norm", "mlp_norm", "final_norm"}, {"attention", "mlp"}, {"START", "END"},
    {"d_model", "d_mlp", "n_layers", "n_heads", "n_kv_heads", "head_dim", "vocab_size", "context"},
)  # fmt: skip
TAKES_AXIS = {
    "sum", "mean", "max", "min", "amax", "amin", "softmax", "cumsum", "transpose", "flatten", "unflatten", "unsqueeze",
    "squeeze", "argmax", "argsort", "sort", "unbind", "stack", "cat", "topk", "norm", "any", "all", "gather", "chunk",
    "repeat_interleave", "logsumexp",
}  # fmt: skip
AT_END = {
    "number": "round(_, 2);round(_);int(_);abs(_);-_;_ * 100;1 / _;1 - _;"
    "_ ** 2;_ ** 0.5;_ / 2;_ * 2;_ + 1;_ - 1;_ * 8;_ / 8",
    "list": "sorted(_);list(set(_));_[::-1];_[1:];_[:-1];set(_);_ or None",
    "dict": "dict(sorted(_.items()));list(_);list(_.values());list(_.items())",
    "text": "_.strip();_.lower();_.rstrip();_.lstrip();_ + '\\n';_.rstrip('\\n');_.encode();_[:-1];_[1:]",
    "array": "-_;_ * 2;_ / 2;_ + 1;1 - _;abs(_);_ ** 2;_.sum();_.mean();_.sum(-1);_.sum(0);_.mean(0);_.mean(-1);"
    "_.T;_[0];_[..., -1];_.squeeze();_.flatten();_[::-1];_[..., ::-1];_.tolist();_.round();_.round(2)",
    "tensor": "_.round();_.round(decimals=2);_.abs();_.clamp(min=0);_.clamp(max=1);_.softmax(-1);"
    "_.log_softmax(-1);_.log();"
    "_.exp();_.tolist();_.squeeze();_.mT;_.flip(-1);_.flip(0);_.sum(-1);_.mean(-1);_.sum(-2);_.mean(-2);_.sum();_.mean();"
    "_.sqrt();_.square();_.cumsum(-1);_.sort(-1).values;_.argsort(-1);_ / _.norm(dim=-1, keepdim=True);-_;"
    "_ / _.sum(-1, keepdim=True);_ - _.mean(-1, keepdim=True);_.nan_to_num();_[0];_[..., -1];_ * 2;_ / 2;_ + 1;1 - _;"
    "_ / _.shape[-1] ** 0.5;_.long();_.unsqueeze(-1);_.flatten()",
}
AT_START = (
    "sorted(_);set(_);list(set(_));_[::-1];_[1:];_[:-1];_ + 1;_ - 1;int(_);abs(_);-_;_ * 2;_ / 2;_.strip();_.lower();"
    "_.abs();_.round();_.softmax(-1);_.log();_.exp();_.sqrt();_.square();_.mT;_.flip(-1);_.clamp(min=0);1 - _;1 + _;"
    "_ / _.norm(dim=-1, keepdim=True);_ / _.sum(-1, keepdim=True);_ - _.mean(-1, keepdim=True)"
)
