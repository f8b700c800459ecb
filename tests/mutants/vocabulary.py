"""What can stand in the place of what: operators, functions that look alike, axes, and one step more."""

import ast
import pkgutil

import nextword


def steps(text: str) -> list[str]:
    """What stands between semicolons; `_` is what a step is done to."""
    return [step.strip() for step in text.replace("\n", " ").split(";")]


MODULES = {rung.name for rung in pkgutil.iter_modules(nextword.__path__)} | set(
    "codecs collections functional itertools math nn np numpy overrides random re torch".split()
)
INVERSE = {
    ast.Lt: [ast.LtE, ast.Gt, ast.GtE],
    ast.LtE: [ast.Lt, ast.GtE, ast.Gt],
    ast.Gt: [ast.GtE, ast.Lt, ast.LtE],
    ast.GtE: [ast.Gt, ast.LtE, ast.Lt],
    ast.Eq: [ast.NotEq, ast.GtE, ast.LtE],
    ast.NotEq: [ast.Eq],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
}
BOUNDARY = {(ast.Lt, ast.LtE), (ast.LtE, ast.Lt), (ast.Gt, ast.GtE), (ast.GtE, ast.Gt)}
OPERATORS = {
    ast.Add: [ast.Sub, ast.Mult],
    ast.Sub: [ast.Add, ast.Div, ast.Mult],
    ast.Mult: [ast.Div, ast.Add, ast.MatMult, ast.Pow],
    ast.Div: [ast.Mult, ast.FloorDiv, ast.Sub, ast.Mod],
    ast.FloorDiv: [ast.Div, ast.Mod, ast.Mult],
    ast.Mod: [ast.FloorDiv],
    ast.Pow: [ast.Mult, ast.Div],
    ast.MatMult: [ast.Mult, ast.Add],
    ast.BitAnd: [ast.BitOr],
    ast.BitOr: [ast.BitAnd],
}
WORD = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}
ALIKE = [
    tuple(group.split())
    for group in steps(
        """
        sum mean max min prod median ; sum amax amin mean norm ; max min sum mean ; amax amin ; fsum sum ;
        log log2 log10 log1p exp sqrt ; exp exp2 expm1 log sigmoid ; sqrt square rsqrt abs ;
        rsqrt sqrt square ; square abs sqrt ; cos sin ; argmax argmin ; argsort sort ; tril triu ;
        repeat_interleave repeat ; stack cat ; any all ; silu relu gelu sigmoid tanh softmax softplus ;
        cumsum cumprod cummax ; items keys values ; append extend ; ones_like zeros_like ; ones zeros ;
        set list tuple sorted Counter ; softmax log_softmax sigmoid ; values indices ; floor ceil round ;
        update add ; hypot dist ; transpose reshape ; flatten squeeze ; rand randn ; zip product ;
        isclose eq ; nearest cosine ; most_common items ; index count ; gather index_select ;
        unflatten reshape
    """
    )
]
GROUPS = [
    {"gate", "up", "down"},
    {"attention_norm", "mlp_norm", "final_norm"},
    {"attention", "mlp"},
    {"START", "END"},
    {"values", "indices"},
    {"d_model", "d_mlp", "n_layers", "n_heads", "n_kv_heads", "head_dim", "vocab_size", "context"},
    {"T", "mT"},
    {"positions", "cache"},
]
AXES = set(
    """
    all amax amin any argmax argsort cat chunk cumsum flatten gather log_softmax logsumexp max mean min
    movedim norm normalize repeat_interleave softmax sort squeeze stack sum swapaxes topk transpose
    unbind unflatten unsqueeze
    """.split()
)
AFTER_NUMBER = steps(
    """
    round(_, 2) ; round(_) ; int(_) ; abs(_) ; -_ ; _ * 100 ; 1 / _ ; 1 - _ ; _ ** 2 ; _ ** 0.5 ;
    str(_) ; float(_) ; _ + 1 ; _ - 1 ; _ / 2 ; _ * 2 ; [_] ; (_,) ; min(_, 1) ; max(_, 0) ;
    math.log(_) ; math.exp(_) ; _ * 8 ; _ / 8
    """
)
AFTER_LIST = steps(
    """
    sorted(_) ; list(set(_)) ; _[::-1] ; _[1:] ; _[:-1] ; tuple(_) ; list(_) ; len(_) ; _[0] ; set(_) ;
    _ or None ; dict(_) ; str(_) ; Counter(_) ; _.items() ; list(_.items()) ; list(_.values()) ;
    dict(sorted(_.items()))
    """
)
AFTER_TEXT = steps(
    """
    _.strip() ; _.lower() ; _.rstrip() ; _.lstrip() ; _ + '\\n' ; _.rstrip('\\n') ; _.encode()
    """
)
AFTER_TENSOR = steps(
    """
    _.round() ; _.round(decimals=2) ; _.abs() ; _.clamp(min=0) ; _.clamp(max=1) ; _.clamp(0, 1) ;
    _.softmax(-1) ; _.softmax(0) ; _.log_softmax(-1) ; _.log() ; _.exp() ; _.long() ; _.half() ;
    _.double() ; _.float() ; _.tolist() ; _.item() ; _.squeeze() ; _.unsqueeze(-1) ; _.mT ;
    _.flip(-1) ; _.flip(0) ; _.sum(-1) ; _.mean(-1) ; _.sum(-2) ; _.mean(-2) ; _.sum() ; _.mean() ;
    _.sqrt() ; _.square() ; _.cumsum(-1) ; _.sort(-1).values ; _.argsort(-1) ; _ / _.norm() ;
    _ / _.norm(dim=-1, keepdim=True) ; _ / _.sum(-1, keepdim=True) ; _ - _.mean(-1, keepdim=True) ;
    _ - _.mean(0) ; _.relu() ; _.nan_to_num() ; _ / math.sqrt(_.shape[-1]) ; _[0] ; _[..., 0] ;
    _[..., -1] ; _[..., -1, :] ; _ > 0 ; _ * 2 ; _ / 2 ; _ + 1 ; _ + 1e-6 ; _ + 1e-2 ; _.reciprocal() ;
    _.flatten()
    """
)
BEFORE = steps(
    """
    list(_) ; sorted(_) ; set(_) ; list(set(_)) ; _[::-1] ; _[1:] ; _[:-1] ; _ + 1 ; _ - 1 ; int(_) ;
    abs(_) ; -_ ; _ * 2 ; _ / 2 ; _.strip() ; _.lower() ; _.abs() ; _.round() ; _.float() ;
    _.softmax(-1) ; _.log() ; _.exp() ; _.sqrt() ; _.square() ; _.mT ; _.flip(-1) ; _.flip(0) ;
    _.clamp(min=0) ; _ / _.norm(dim=-1, keepdim=True) ; _ / _.sum(-1, keepdim=True) ;
    _ - _.mean(-1, keepdim=True) ; _ - _.mean(0) ; _ / math.sqrt(_.shape[-1]) ; dict(_) ; tuple(_) ;
    1 ; 0 ; None ; _[0] ; _[-1:] ; _.half() ; 1 + _ ; 1 - _
    """
)
