# SPDX-License-Identifier: Apache-2.0
"""Writes the tree models of this folder, and what Python predicts with them.

    tools/dev/python.sh artifacts && .deps/venv-artifacts/bin/python tests/data/trees/make.py

For each model NAME there is NAME.expected: a line with the file of its rows, then for each row the
prediction, `|`, and the margin (the sum of the leaves). Numbers are written so that they read back
as the same float (XGBoost) or double (LightGBM). The data is invented; the same seed gives the same
files.

    python make.py 1.7

writes what another version of xgboost makes of a few of them, as xgboost/1.7_NAME. The ones here are
from Debian 12's python3-xgboost 1.7.4 and from xgboost-cpu 2.1.4. Likewise

    python make.py lightgbm 3.3

with another version of lightgbm: the ones here are from 2.1.2, whose files say v2, and from 3.3.5,
whose files say v3. (Only the library at hand is needed.)
"""

import json
import pathlib
import sys

import numpy as np

try:
    import xgboost
except ImportError:
    xgboost = None
import lightgbm

FOLDER = pathlib.Path(__file__).parent
ROWS, TRAINING, FEATURES = 40, 400, 6
random = np.random.default_rng(7)


def draw(count):
    x = random.normal(0, 2, (count, FEATURES)).astype(np.float32)
    x[:, 4] = np.where(random.random(count) < 0.5, 0, x[:, 4])  # Zeros, as sparse data has them.
    x[random.random(x.shape) < 0.15] = np.nan
    return x


def draw_categories(count, codes=40):
    x = draw(count)
    x[:, 0] = random.integers(0, codes, count)
    x[:, 3] = random.integers(0, 3, count)
    x[random.random(count) < 0.1, 0] = np.nan
    return x


def strength(x):
    x = np.nan_to_num(x, nan=-1)
    return x[:, 0] * 0.7 + np.abs(x[:, 1]) - x[:, 2] * x[:, 5] / 3 + np.sin(x[:, 4])


def class_of(x):
    return np.digitize(strength(x), [-1, 1.5]).astype(int)


def text(values, kind):
    # The shortest text that reads back as the same number.
    return " ".join(np.format_float_scientific(kind(v), unique=True) if np.isfinite(v) else str(v)
                    for v in np.atleast_1d(values))


def write_rows(name, x):
    (FOLDER / name).write_text("".join(text(row, np.float32) + "\n" for row in x))


def write_expected(path, rows, values, margins, kind):
    lines = [rows] + [f"{text(v, kind)} | {text(m, kind)}" for v, m in zip(values, margins)]
    path.write_text("\n".join(lines) + "\n")


# --- XGBoost

def train(x, y, rounds=6, group=None, bounds=None, types=None, names=None, **parameters):
    data = xgboost.DMatrix(x, label=y, feature_types=types, feature_names=names,
                           enable_categorical=types is not None)
    if group is not None:
        data.set_group(group)
    if bounds is not None:
        data.set_float_info("label_lower_bound", bounds[0])
        data.set_float_info("label_upper_bound", bounds[1])
    return xgboost.train({"max_depth": 4, "eta": 0.4, "nthread": 1, "seed": 1, **parameters}, data,
                         rounds)


def save_xgboost(booster, name, rows, x, types=None, names=None, old=None):
    path = FOLDER / "xgboost" / name
    booster.save_model(str(path))
    if old is not None:  # The same model as an earlier version writes it.
        path.write_text(json.dumps(old(json.loads(path.read_text()))))
        booster = xgboost.Booster(model_file=str(path))
    data = xgboost.DMatrix(x, feature_types=types, feature_names=names,
                           enable_categorical=types is not None)
    write_expected(path.with_name(path.name + ".expected"), rows, booster.predict(data),
                   booster.predict(data, output_margin=True), np.float32)


def as_version_1(model):
    """As 1.0 to 1.4 wrote it: scalar base score, booleans, no categories."""
    learner = model["learner"]
    learner["learner_model_param"] = {
        "base_score": learner["learner_model_param"]["base_score"].strip("[]"),
        "num_class": learner["learner_model_param"]["num_class"],
        "num_feature": learner["learner_model_param"]["num_feature"]}
    del learner["feature_names"], learner["feature_types"]
    trees = learner["gradient_booster"]["model"]
    del trees["cats"], trees["iteration_indptr"]
    for tree in trees["trees"]:
        for key in list(tree):
            if key.startswith("categories") or key == "split_type":
                del tree[key]
        tree["default_left"] = [bool(value) for value in tree["default_left"]]
    model["version"] = [1, 2, 0]
    return model


def as_version_2(model):
    """As 2.0 wrote it: scalar base score, no container of categories."""
    parameters = model["learner"]["learner_model_param"]
    parameters["base_score"] = parameters["base_score"].strip("[]")
    del model["learner"]["gradient_booster"]["model"]["cats"]
    model["version"] = [2, 0, 3]
    return model


def make_xgboost():
    (FOLDER / "xgboost").mkdir(exist_ok=True)
    x, rows = draw(TRAINING), draw(ROWS)
    write_rows("rows.txt", rows)
    real, positive, kind = strength(x), np.exp(strength(x) / 4), class_of(x)
    two, share = (kind > 0).astype(int), 1 / (1 + np.exp(-strength(x)))
    names = ["age", "fare", "height \"cm\"", "weight", "Größe", "last"]

    def plain(name, objective, label, old=None, **more):
        save_xgboost(train(x, label, objective=objective, **more), name, "rows.txt", rows, old=old)

    plain("squarederror.json", "reg:squarederror", real)
    plain("squarederror.ubj", "reg:squarederror", real, rounds=20)
    plain("squarederror_1.json", "reg:squarederror", real, old=as_version_1)
    plain("squarederror_2.json", "reg:squarederror", real, old=as_version_2)
    plain("logistic.json", "binary:logistic", two)
    plain("logistic_1.json", "binary:logistic", two, old=as_version_1)
    plain("logistic_base.ubj", "binary:logistic", two, base_score=0.9)
    plain("logitraw.ubj", "binary:logitraw", two)
    plain("hinge.ubj", "binary:hinge", two)
    plain("share.ubj", "reg:logistic", share)
    plain("softprob.json", "multi:softprob", kind, num_class=3)
    plain("softmax.ubj", "multi:softmax", kind, num_class=3)
    plain("poisson.ubj", "count:poisson", positive.round())
    plain("poisson_2.json", "count:poisson", positive.round(), old=as_version_2)
    plain("gamma.ubj", "reg:gamma", positive)
    plain("tweedie.ubj", "reg:tweedie", positive)
    plain("squaredlogerror.ubj", "reg:squaredlogerror", positive)
    plain("pseudohuber.ubj", "reg:pseudohubererror", real)
    plain("absolute.ubj", "reg:absoluteerror", real)
    plain("quantile.ubj", "reg:quantileerror", real, quantile_alpha=[0.1, 0.5, 0.9])
    plain("targets.ubj", "reg:squarederror", np.stack([real, -real], axis=1))
    plain("cox.ubj", "survival:cox", positive)
    plain("aft.ubj", "survival:aft", positive, bounds=(positive, positive * 1.5))
    for name in ("pairwise", "ndcg", "map"):
        plain(f"{name}.ubj", f"rank:{name}", two if name == "map" else kind, group=[20] * 20)
    plain("dart.json", "reg:squarederror", real, booster="dart", rate_drop=0.4, one_drop=1)
    plain("dart_softprob.ubj", "multi:softprob", kind, num_class=3, booster="dart", rate_drop=0.5)
    plain("forest.ubj", "binary:logistic", two, rounds=2, num_parallel_tree=4, subsample=0.5,
          colsample_bynode=0.5)
    plain("lossguide.ubj", "reg:squarederror", real, max_depth=0, grow_policy="lossguide",
          max_leaves=40, rounds=3)
    plain("exact.ubj", "reg:squarederror", real, tree_method="exact", gamma=1.5)  # Pruned nodes.
    plain("stumps.ubj", "reg:squarederror", real, gamma=1e9)  # Trees of one leaf.
    save_xgboost(train(x, real, names=names, objective="reg:squarederror"), "names.json",
                 "rows.txt", rows, names=names)

    # What Booster.predict uses, and what `rounds=best` uses.
    watched = xgboost.DMatrix(draw(TRAINING), label=random.normal(size=TRAINING))
    booster = xgboost.train({"max_depth": 3, "nthread": 1, "seed": 1}, xgboost.DMatrix(x, label=real),
                            12, evals=[(watched, "w")], early_stopping_rounds=2, verbose_eval=False)
    save_xgboost(booster, "stopped.json", "rows.txt", rows)
    data, best = xgboost.DMatrix(rows), (0, booster.best_iteration + 1)
    assert best[1] < booster.num_boosted_rounds()
    write_expected(FOLDER / "xgboost" / "stopped.json.best.expected", "rows.txt",
                   booster.predict(data, iteration_range=best),
                   booster.predict(data, iteration_range=best, output_margin=True), np.float32)

    types = ["c", "q", "q", "c", "q", "q"]
    x, rows = draw_categories(TRAINING), draw_categories(ROWS)
    rows[:8, 0] = [41, 63, 64, 1000, 2.5, 0.99, 31, 32]  # Never seen, between, at word borders.
    write_rows("categories.txt", rows)
    effect = random.normal(size=40)
    y = effect[np.nan_to_num(x[:, 0]).astype(int)] + (x[:, 3] == 1) + strength(x) * 0.01
    for name, onehot in (("categories.json", 4), ("categories_onehot.ubj", 100)):
        save_xgboost(train(x, y, types=types, objective="reg:squarederror", max_cat_to_onehot=onehot),
                     name, "categories.txt", rows, types=types)

    make_library_xgboost()


def make_library_xgboost():
    """What Tenon leaves to XGBoost's library: xgboost/library/."""
    (FOLDER / "xgboost" / "library").mkdir(exist_ok=True)
    random = np.random.default_rng(11)
    x, rows = (random.normal(0, 2, (n, FEATURES)).astype(np.float32) for n in (TRAINING, ROWS))
    write_rows("library.txt", rows)
    real = strength(x)
    for name, label, more in (
            ("vector_leaf.json", np.stack([real, -real], axis=1),
             {"multi_strategy": "multi_output_tree"}),
            ("linear.json", real, {"booster": "gblinear"})):
        save_xgboost(train(x, label, rounds=2, **more), f"library/{name}", "library.txt", rows)


def make_old_xgboost(version):
    assert xgboost.__version__.startswith(version), xgboost.__version__
    x, rows = draw(TRAINING), draw(ROWS)
    write_rows(f"rows_{version}.txt", rows)
    real, positive, kind = strength(x), np.exp(strength(x) / 4), class_of(x)
    two = (kind > 0).astype(int)
    for name, objective, label, more in (
            ("squarederror.json", "reg:squarederror", real, {}),
            ("logistic.ubj", "binary:logistic", two, {"base_score": 0.3}),
            ("logitraw.ubj", "binary:logitraw", two, {"base_score": 0.3}),
            ("softprob.ubj", "multi:softprob", kind, {"num_class": 3}),
            ("poisson.json", "count:poisson", positive.round(), {}),
            ("dart.ubj", "reg:gamma", positive, {"booster": "dart", "rate_drop": 0.5}),
            ("map.ubj", "rank:map", two, {"group": [20] * 20})):
        save_xgboost(train(x, label, rounds=4, objective=objective, **more), f"{version}_{name}",
                     f"rows_{version}.txt", rows)
    types = ["c", "q", "q", "c", "q", "q"]
    x, rows = draw_categories(TRAINING), draw_categories(ROWS)
    write_rows(f"categories_{version}.txt", rows)
    y = np.cos(np.nan_to_num(x[:, 0])) + (x[:, 3] == 1) + strength(x) * 0.01
    save_xgboost(train(x, y, types=types, tree_method="hist", objective="reg:squarederror"),
                 f"{version}_categories.json", f"categories_{version}.txt", rows, types=types)


# --- LightGBM

def save_lightgbm(name, label, x, rows, rows_name, rounds=6, group=None, categorical="auto",
                  **parameters):
    data = lightgbm.Dataset(x, label, group=group, categorical_feature=categorical)
    booster = lightgbm.train({"num_leaves": 12, "min_data_in_leaf": 5, "learning_rate": 0.3,
                              "num_threads": 1, "verbose": -1, "seed": 1, **parameters}, data, rounds)
    path = FOLDER / "lightgbm" / name
    booster.save_model(str(path))
    booster = lightgbm.Booster(model_file=str(path))
    write_expected(path.with_name(path.name + ".expected"), rows_name,
                   booster.predict(rows), booster.predict(rows, raw_score=True), np.float64)


def make_lightgbm():
    (FOLDER / "lightgbm").mkdir(exist_ok=True)
    x, rows = draw(TRAINING), draw(ROWS)
    rows[0, 4], rows[1, 4], rows[2, 4] = 1e-36, -1e-36, 1e-30  # Zero is what is this near to it.
    write_rows("zeros.txt", rows)
    real, positive, kind = strength(x), np.exp(strength(x) / 4), class_of(x)
    two, share = (kind > 0).astype(int), 1 / (1 + np.exp(-strength(x)))

    def plain(name, objective, label, **more):
        save_lightgbm(name, label, x, rows, "zeros.txt", objective=objective, **more)

    plain("regression.txt", "regression", real)
    plain("sqrt.txt", "regression", real, reg_sqrt=True)
    for objective in ("regression_l1", "huber", "fair", "quantile", "mape"):
        plain(f"{objective}.txt", objective, real, rounds=3)
    for objective in ("poisson", "gamma", "tweedie"):
        plain(f"{objective}.txt", objective, positive, rounds=3)
    plain("binary.txt", "binary", two)
    plain("binary_sigmoid.txt", "binary", two, sigmoid=0.7)
    plain("multiclass.txt", "multiclass", kind, num_class=3)
    plain("multiclassova.txt", "multiclassova", kind, num_class=3)
    plain("cross_entropy.txt", "cross_entropy", share)
    plain("cross_entropy_lambda.txt", "cross_entropy_lambda", share)
    for objective in ("lambdarank", "rank_xendcg"):
        plain(f"{objective}.txt", objective, kind, group=[20] * 20, rounds=3)
    plain("dart.txt", "regression", real, boosting="dart", drop_rate=0.5)
    plain("forest.txt", "binary", two, boosting="rf", bagging_freq=1, bagging_fraction=0.6)
    plain("forest_multiclass.txt", "multiclass", kind, num_class=3, boosting="rf", bagging_freq=1,
          bagging_fraction=0.6)
    plain("zero_as_missing.txt", "regression", real, zero_as_missing=True)
    plain("no_missing.txt", "regression", real, use_missing=False)
    plain("constant.txt", "regression", np.full(TRAINING, 3.25))

    x, rows = draw_categories(TRAINING), draw_categories(ROWS)
    rows[:9, 0] = [41, 63, 64, 1000, 2.5, 0.99, 31, -1, -0.5]
    write_rows("categories_negative.txt", rows)
    effect = random.normal(size=40)
    y = effect[np.nan_to_num(x[:, 0]).astype(int)] + (x[:, 3] == 1) + strength(x) * 0.01
    more = {"min_data_per_group": 5, "cat_smooth": 1, "categorical": [0, 3]}
    save_lightgbm("categories.txt", y, x, rows, "categories_negative.txt", objective="regression",
                  **more)
    save_lightgbm("categories_no_missing.txt", y, x, rows, "categories_negative.txt",
                  objective="regression", use_missing=False, **more)
    make_library_lightgbm()


def make_library_lightgbm():
    """What Tenon leaves to LightGBM's library: lightgbm/library/."""
    (FOLDER / "lightgbm" / "library").mkdir(exist_ok=True)
    random = np.random.default_rng(12)
    x, rows = (random.normal(0, 2, (n, FEATURES)).astype(np.float32) for n in (TRAINING, ROWS))
    rows = np.round(rows * 64) / 64  # Exact as text, for leaves that are linear.
    write_rows("library_lightgbm.txt", rows)
    save_lightgbm("library/linear.txt", strength(x), x, rows, "library_lightgbm.txt", rounds=2,
                  objective="regression", linear_tree=True, num_leaves=4)


def make_old_lightgbm(version):
    assert lightgbm.__version__.startswith(version), lightgbm.__version__
    x, rows = draw(TRAINING), draw(ROWS)
    write_rows(f"rows_lightgbm_{version}.txt", rows)
    real, kind = strength(x), class_of(x)
    two = (kind > 0).astype(int)
    for name, objective, label, more in (
            ("regression", "regression", real, {}),
            ("binary", "binary", two, {}),
            ("multiclass", "multiclass", kind, {"num_class": 3}),
            ("poisson", "poisson", np.exp(real / 4), {}),
            ("lambdarank", "lambdarank", kind, {"group": [20] * 20}),
            ("dart", "regression", real, {"boosting": "dart", "drop_rate": 0.5}),
            ("forest", "regression", real, {"boosting": "rf", "bagging_freq": 1,
                                       "bagging_fraction": 0.6, "feature_fraction": 0.8}),
            ("zero_as_missing", "regression", real, {"zero_as_missing": True})):
        save_lightgbm(f"{version}_{name}.txt", label, x, rows, f"rows_lightgbm_{version}.txt",
                      rounds=3, objective=objective, **more)
    x, rows = draw_categories(TRAINING), draw_categories(ROWS)
    write_rows(f"categories_lightgbm_{version}.txt", rows)
    y = np.cos(np.nan_to_num(x[:, 0])) + (x[:, 3] == 1) + strength(x) * 0.01
    save_lightgbm(f"{version}_categories.txt", y, x, rows, f"categories_lightgbm_{version}.txt",
                  rounds=3, objective="regression", min_data_per_group=5, cat_smooth=1,
                  categorical=[0, 3])


if __name__ == "__main__":
    if len(sys.argv) > 2:
        make_old_lightgbm(sys.argv[2])
    elif len(sys.argv) > 1:
        make_old_xgboost(sys.argv[1])
    else:
        make_xgboost()
        make_lightgbm()
